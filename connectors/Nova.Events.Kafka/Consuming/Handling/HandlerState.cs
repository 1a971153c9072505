namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>What a hosted handler consumer knows of itself, for its health. Safe for concurrent use.</summary>
internal sealed class HandlerState(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _tickedAt = time.GetTimestamp();
    private string? _failure;
    private long _failedAt;

    /// <summary>How long ago the poll thread ran last.</summary>
    public TimeSpan SinceTick => time.GetElapsedTime(Volatile.Read(ref _tickedAt));

    /// <summary>Why memberships have ended since one went well, and for how long that has been so; null while one goes well.</summary>
    public (string Reason, TimeSpan Since)? Failure
    {
        get { lock (_lock) return _failure is { } reason ? (reason, time.GetElapsedTime(_failedAt)) : null; }
    }

    public void Ticked() => Volatile.Write(ref _tickedAt, time.GetTimestamp());

    /// <summary>Partitions are assigned.</summary>
    public void Works()
    {
        lock (_lock) _failure = null;
    }

    public void Failed(string reason)
    {
        lock (_lock)
        {
            if (_failure is null) _failedAt = time.GetTimestamp();
            _failure = reason;
        }
    }
}
