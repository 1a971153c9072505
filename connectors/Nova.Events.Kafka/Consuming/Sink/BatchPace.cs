namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>How long batches gather: longer, up to eight times, while the target can't merge as many inserts as come; as long as configured once it can again.</summary>
internal sealed class BatchPace(TimeSpan age)
{
    private const int SlowestFactor = 8;
    private const int InsertsUntilFaster = 10;
    private int _factor = 1;
    private int _acknowledged;

    /// <summary>Age at which a batch ends now.</summary>
    public TimeSpan Age => age * Volatile.Read(ref _factor);

    public void Overloaded()
    {
        Volatile.Write(ref _factor, Math.Min(SlowestFactor, _factor * 2));
        _acknowledged = 0;
    }

    public void Acknowledged()
    {
        if (_factor == 1 || ++_acknowledged < InsertsUntilFaster) return;
        Volatile.Write(ref _factor, _factor / 2);
        _acknowledged = 0;
    }
}
