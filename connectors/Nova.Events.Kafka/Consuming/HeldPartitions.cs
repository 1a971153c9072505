using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Nova.Events.Kafka.Consuming;

/// <summary>
/// Partitions whose committed offset lies beyond the end of their log. To read on there fails at once and ends the membership, that of all the others with it,
/// again and again; where to go on is not for a consumer to say. Poll thread only, but for <see cref="Read"/>.
/// </summary>
internal sealed class HeldPartitions(string group, ILogger logger)
{
    private readonly ConcurrentDictionary<TopicPartition, byte> _held = new();
    private readonly List<TopicPartition> _unpaused = [];

    /// <summary>Null where the partition can be read; else where the client is to stand meanwhile: where there is nothing to fetch.</summary>
    public TopicPartitionOffset? Hold(AssignedPartition assigned)
    {
        if (assigned.Committed.Offset is not { } committed || committed <= assigned.LogEnd) return null;
        KafkaLog.BeyondLog(logger, assigned.Partition.Topic, assigned.Partition.Partition.Value, assigned.LogEnd, committed, group);
        _held[assigned.Partition] = 0;
        _unpaused.Add(assigned.Partition);
        return new TopicPartitionOffset(assigned.Partition, Offset.End);
    }

    public void Release(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions) _held.TryRemove(partition, out _);
        _unpaused.RemoveAll(partitions.Contains);
    }

    /// <summary>Pauses what came since the last tick: what is written there now nobody here takes.</summary>
    public void Tick(Action<IReadOnlyList<TopicPartition>> pause)
    {
        if (_unpaused.Count == 0) return;
        pause([.. _unpaused]);
        _unpaused.Clear();
    }

    public IEnumerable<PartitionReading> Read() =>
        _held.Keys.Select(partition => new PartitionReading(partition.Topic, partition.Partition.Value, Lag: null, LagTime: null, PartitionStatus.Held));
}
