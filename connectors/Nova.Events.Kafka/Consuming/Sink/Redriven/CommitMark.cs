namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>How far a lane has committed, for others to wait on. Safe for concurrent use.</summary>
internal sealed class CommitMark(long offset)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _moved = NewSignal();
    private long _offset = offset;

    /// <summary>The next offset that is not committed past.</summary>
    public long Offset => Volatile.Read(ref _offset);

    public void Move(long offset)
    {
        TaskCompletionSource moved;
        lock (_lock)
        {
            Volatile.Write(ref _offset, offset);
            (moved, _moved) = (_moved, NewSignal());
        }

        moved.SetResult();
    }

    /// <summary>Returns once everything below <paramref name="offset"/> is committed past.</summary>
    public async Task ReachedAsync(long offset, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (_offset >= offset) return;
                moved = _moved.Task;
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
