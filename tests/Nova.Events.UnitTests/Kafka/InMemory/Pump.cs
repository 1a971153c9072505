namespace Nova.Events.UnitTests.Kafka.InMemory;

/// <summary>Runs everything that is awaited on the thread that pumps, in the order in which it came: nothing depends on real threads or time.</summary>
internal sealed class Pump : SynchronizationContext, IDisposable
{
    private readonly Queue<(SendOrPostCallback Call, object? State)> _posted = new();
    private readonly SynchronizationContext? _before = Current;

    public Pump() => SetSynchronizationContext(this);

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    /// <summary>Until nothing is left to run.</summary>
    public void Run()
    {
        while (_posted.TryDequeue(out var next)) next.Call(next.State);
    }

    public void Dispose() => SetSynchronizationContext(_before);
}
