namespace Nova.Events.Kafka.Consuming;

/// <summary>How long partitions that go may finish what is in flight. A stop drains first and lets go then: what it waited for in vain is not waited for again.</summary>
internal sealed class DrainTime(TimeSpan timeout, TimeProvider time)
{
    private long? _since;

    /// <summary>The whole timeout, until a stop begins to use it up; never negative.</summary>
    public TimeSpan Left => _since is { } since ? TimeSpan.FromTicks(Math.Max(0, (timeout - time.GetElapsedTime(since)).Ticks)) : timeout;

    /// <summary>The stop begins.</summary>
    public void Begin() => _since = time.GetTimestamp();
}
