using Nova.Events.Contracts;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// What a session knows of each partition that it writes: the highest position that was there before, and since when it is used.
/// A broker that does not know the producer accepts any first sequence; so the first record of a partition, and the first after an hour's
/// idleness, is acknowledged before the next is enqueued. Otherwise the tail could get a gap, and a skip would lose records.
/// </summary>
internal sealed class PartitionGate(Dictionary<(string Topic, int Partition), Position> tails, TimeProvider time)
{
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);
    private readonly Dictionary<(string Topic, int Partition), long> _usedAt = [];

    /// <summary>True if Kafka already holds the record.</summary>
    public bool Holds(string topic, int partition, Position position) => tails.TryGetValue((topic, partition), out var tail) && position <= tail;

    /// <summary>Notes a use; true if the record must be acknowledged before another one is enqueued.</summary>
    public bool Opens(string topic, int partition)
    {
        var now = time.GetTimestamp();
        var opens = !_usedAt.TryGetValue((topic, partition), out var usedAt) || time.GetElapsedTime(usedAt, now) >= Idle;
        _usedAt[(topic, partition)] = now;
        return opens;
    }
}
