using Nova.Events.Contracts;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// What a session knows of one partition that it writes. Up to the tail that it found there, everything was published. A broker that does not
/// know the producer accepts any first sequence; so the first record, and the first after an hour's idleness, is acknowledged before the next
/// is enqueued. Otherwise the tail could get a gap, and a skip would lose records.
/// </summary>
/// <param name="tail">The highest position that the partition holds; null where it holds none.</param>
/// <param name="time">The clock.</param>
internal sealed class PartitionGate(Position? tail, TimeProvider time)
{
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);
    private long _usedAt;
    private bool _used;

    /// <summary>True if Kafka already holds the record.</summary>
    public bool Holds(Position position) => position <= tail;

    /// <summary>Notes a use; true if the record must be acknowledged before another one is enqueued.</summary>
    public bool Opens()
    {
        var now = time.GetTimestamp();
        var opens = !_used || time.GetElapsedTime(_usedAt, now) >= Idle;
        (_used, _usedAt) = (true, now);
        return opens;
    }
}
