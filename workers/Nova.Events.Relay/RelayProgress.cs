namespace Nova.Events.Relay;

/// <summary>How far the relay is, for health, metrics and the screen. Written by the session, read by anyone.</summary>
public sealed class RelayProgress(TimeProvider time)
{
    private long _published;
    private long _captured;
    private long _skipped;
    private long _heartbeatAt;
    private volatile string _state = "starting";

    /// <summary>Outbox messages that Kafka acknowledged since the process started.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>Records of captured tables that Kafka acknowledged since the process started.</summary>
    public long Captured => Interlocked.Read(ref _captured);

    /// <summary>Records that Kafka already had.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary><c>starting</c>, <c>running</c>, <c>standby</c> or <c>failing</c>.</summary>
    public string State => _state;

    /// <summary>Why it is failing or standing by, with the remedy; null while it runs.</summary>
    public string? Reason { get; private set; }

    /// <summary>Seconds since a heartbeat came through the WAL; null before the first.</summary>
    public double? HeartbeatAge => Interlocked.Read(ref _heartbeatAt) is > 0 and var at ? time.GetElapsedTime(at).TotalSeconds : null;

    /// <summary>Seconds since the oldest commit in flight; 0 when none is, null while the relay does not run.</summary>
    public double? OldestAge => _state == "running" ? OldestCommit() is { } ticks ? Math.Max(0, (time.GetUtcNow().UtcTicks - ticks) / 1e7) : 0 : null;

    /// <summary>WAL that is not confirmed, in bytes.</summary>
    public long? LagBytes { get; internal set; }

    /// <summary>WAL that the server keeps for the slot, in bytes.</summary>
    public long? RetainedBytes { get; internal set; }

    internal Func<long?> OldestCommit { get; set; } = () => null;

    internal void PublishedMany(int messages, int captured)
    {
        Interlocked.Add(ref _published, messages);
        Interlocked.Add(ref _captured, captured);
    }

    internal void SkippedOne() => Interlocked.Increment(ref _skipped);

    internal void HeartbeatSeen() => Interlocked.Exchange(ref _heartbeatAt, time.GetTimestamp());

    internal void Running() => (_state, Reason) = ("running", null);

    internal void StandingBy(string reason) => (_state, Reason) = ("standby", reason);

    internal void Failing(string reason) => (_state, Reason) = ("failing", reason);
}
