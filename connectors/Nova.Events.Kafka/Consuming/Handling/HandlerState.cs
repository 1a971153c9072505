namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>What a hosted handler consumer knows of itself, for its health. Safe for concurrent use.</summary>
internal sealed class HandlerState(TimeProvider time)
{
    /// <summary>A membership that has lasted so long goes well: one that fails again and again gets its partitions each time, too.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private long _tickedAt = time.GetTimestamp();
    private string? _failure;
    private long _failedAt;
    private long _failedLast;
    private long? _worksSince;

    /// <summary>How long ago the poll thread ran last.</summary>
    public TimeSpan SinceTick => time.GetElapsedTime(Volatile.Read(ref _tickedAt));

    /// <summary>
    /// Why memberships have ended since one went well, and for how long they have: up to now, or while one may go well, up to its predecessor's end; null once
    /// one has lasted.
    /// </summary>
    public (string Reason, TimeSpan For)? Failure
    {
        get { lock (_lock) return _failure is { } reason ? (reason, time.GetElapsedTime(_failedAt, _worksSince is null ? time.GetTimestamp() : _failedLast)) : null; }
    }

    public void Ticked()
    {
        Volatile.Write(ref _tickedAt, time.GetTimestamp());
        lock (_lock)
            if (_worksSince is { } since && time.GetElapsedTime(since) >= Lasting) _failure = null;
    }

    /// <summary>Partitions are assigned.</summary>
    public void Works()
    {
        lock (_lock) _worksSince ??= time.GetTimestamp();
    }

    public void Failed(string reason)
    {
        lock (_lock)
        {
            _failedLast = time.GetTimestamp();
            if (_failure is null) _failedAt = _failedLast;
            (_failure, _worksSince) = (reason, null);
        }
    }
}
