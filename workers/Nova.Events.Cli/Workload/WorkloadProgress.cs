namespace Nova.Events.Cli.Workload;

/// <summary>What a workload has done so far. Safe to read at any time.</summary>
internal sealed class WorkloadProgress
{
    private long _committed;
    private long _accepted;
    private long _withoutEffect;
    private long _retried;

    /// <summary>Domain events whose transaction committed.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>Client events that the API accepted.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Actions without effect and so without event, such as a second like of the same post.</summary>
    public long WithoutEffect => Interlocked.Read(ref _withoutEffect);

    /// <summary>Actions that were tried again after a fault.</summary>
    public long Retried => Interlocked.Read(ref _retried);

    public void Commit(bool hadEffect) => Interlocked.Increment(ref hadEffect ? ref _committed : ref _withoutEffect);

    public void Accept(long events) => Interlocked.Add(ref _accepted, events);

    public void Retry() => Interlocked.Increment(ref _retried);
}
