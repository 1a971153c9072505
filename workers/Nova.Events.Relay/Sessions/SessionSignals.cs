namespace Nova.Events.Relay.Sessions;

/// <summary>Why a session's read may have to end early: a stop was asked for, or a delivery failed. Whichever came first.</summary>
internal sealed class SessionSignals : IDisposable
{
    private readonly TaskCompletionSource _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _stopping;
    private Exception? _failure;

    public SessionSignals(CancellationToken stopping) => _stopping = stopping.Register(() => _interrupted.TrySetResult());

    /// <summary>Completes with the first signal.</summary>
    public Task Interrupted => _interrupted.Task;

    /// <summary>True once there is a signal.</summary>
    public bool IsInterrupted => _interrupted.Task.IsCompleted;

    /// <summary>The failure; null for a plain stop.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    public void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        _interrupted.TrySetResult();
    }

    public void Dispose() => _stopping.Dispose();
}
