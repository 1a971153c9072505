namespace Nova.Events.Relay.Sessions;

/// <summary>Why a session has to end: a stop was asked for, or something failed. Whichever came first ends the read that waits.</summary>
internal sealed class SessionSignals : IDisposable
{
    private readonly Action _endReads;
    private readonly CancellationTokenRegistration _stopping;
    private volatile bool _interrupted;
    private Exception? _failure;

    public SessionSignals(Action endReads, CancellationToken stopping)
    {
        _endReads = endReads;
        _stopping = stopping.Register(Interrupt);
    }

    /// <summary>True once there is a signal.</summary>
    public bool IsInterrupted => _interrupted;

    /// <summary>The failure; null for a plain stop.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    public void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        Interrupt();
    }

    public void Dispose() => _stopping.Dispose();

    private void Interrupt()
    {
        _interrupted = true;
        _endReads();
    }
}
