using Confluent.Kafka;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming;

/// <summary>What a consumer does with its partitions. Every member is called on the poll thread.</summary>
internal interface IPartitionWork
{
    /// <summary>A rebalance is over and these partitions came, maybe none; the answer is where each is read from.</summary>
    IReadOnlyList<TopicPartitionOffset> Assigned(IReadOnlyList<AssignedPartition> partitions);

    /// <summary>Partitions go to others: finish what is in flight, within <paramref name="patience"/>.</summary>
    void Revoked(IReadOnlyList<TopicPartition> partitions, TimeSpan patience);

    /// <summary>Partitions went to others already: drop, store nothing.</summary>
    void Lost(IReadOnlyList<TopicPartition> partitions);

    /// <summary>The record is valid until this returns.</summary>
    void Take(TopicPartition partition, in FetchedRecord record);

    /// <summary>Some records were taken; more may follow before the next tick.</summary>
    void EndOfBatch();

    /// <summary>The log ends before <paramref name="nextOffset"/> for now.</summary>
    void ReachedEnd(TopicPartition partition, long nextOffset);

    /// <summary>Called some fifty times a second. Throws what makes going on pointless.</summary>
    void Tick();

    /// <summary>The process stops: take no more, finish what was taken.</summary>
    void BeginDrain();

    bool IsDrained { get; }

    /// <summary>The client could not fetch the partition, and goes on trying.</summary>
    void NotFetched(TopicPartition partition, Error error)
    {
    }
}

/// <summary>A partition that was assigned.</summary>
/// <param name="Committed">Its committed offset with the metadata.</param>
/// <param name="LogStart">Its first offset still in the log.</param>
/// <param name="LogEnd">The offset after its last; the largest number where that can't be told.</param>
internal readonly record struct AssignedPartition(CommittedOffset Committed, long LogStart, long LogEnd)
{
    public TopicPartition Partition => Committed.Partition;
}
