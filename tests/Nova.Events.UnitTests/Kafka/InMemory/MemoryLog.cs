using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.UnitTests.Kafka.InMemory;

/// <summary>Partitions of records with gaps between their offsets, and what a group has committed; a commit past a record that nothing became of is refused.</summary>
internal sealed class MemoryLog(Func<TopicPartition, ConsumedRecord, bool> isDone)
{
    private readonly Dictionary<TopicPartition, List<ConsumedRecord>> _partitions = [];
    private readonly Dictionary<TopicPartition, CommittedOffset> _committed = [];

    public IEnumerable<TopicPartition> Partitions => _partitions.Keys.OrderBy(partition => partition.Topic).ThenBy(partition => partition.Partition.Value);

    public IReadOnlyList<ConsumedRecord> Records(TopicPartition partition) => _partitions[partition];

    public long End(TopicPartition partition) => _partitions[partition] is [.., var last] ? last.Offset + 1 : 0;

    public CommittedOffset Committed(TopicPartition partition) => _committed.GetValueOrDefault(partition, new CommittedOffset(partition, null, ""));

    public void Add(TopicPartition partition) => _partitions.Add(partition, []);

    /// <param name="gap">Offsets that are left out before it, as a compacted log does.</param>
    public ConsumedRecord Append(TopicPartition partition, string key, DateTimeOffset now, IReadOnlyList<RecordHeader> headers, int gap = 0, string value = "{}")
    {
        var record = new ConsumedRecord
        {
            Topic = partition.Topic, Partition = partition.Partition.Value, Offset = End(partition) + gap, Timestamp = now,
            Key = Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(value), Headers = headers,
        };
        _partitions[partition].Add(record);
        return record;
    }

    /// <summary>As an operator sets it, whatever was committed.</summary>
    public void Reset(CommittedOffset offset) => _committed[offset.Partition] = offset;

    public void Commit(CommittedOffset offset)
    {
        if (_partitions[offset.Partition].Find(record => record.Offset < offset.Offset && !isDone(offset.Partition, record)) is { } unfinished)
            throw new InvalidOperationException($"{offset.Partition} was committed at {offset.Offset}, but nothing became of {unfinished.Offset}.");
        if (offset.Offset < Committed(offset.Partition).Offset) throw new InvalidOperationException($"{offset.Partition} went back to {offset.Offset}.");
        _committed[offset.Partition] = offset;
    }
}
