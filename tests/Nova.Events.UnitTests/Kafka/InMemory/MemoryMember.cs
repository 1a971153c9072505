using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.UnitTests.Kafka.InMemory;

/// <summary>A member of the group: real lanes and tracks over the log in memory.</summary>
internal sealed class MemoryMember : IGroupMember, IDisposable
{
    private readonly MemoryLog _log;
    private readonly Action _yield;
    private readonly TimeSpan _drainTimeout;
    private readonly KeyLane[] _lanes;
    private readonly HandlerPartitions _partitions;
    private readonly Dictionary<TopicPartition, long> _positions = [];
    private readonly HashSet<TopicPartition> _paused = [];
    private readonly Dictionary<TopicPartition, CommittedOffset> _stored = [];

    public MemoryMember(MemoryLog log, HandlerConsumerOptions options, IRecordHandler handler, ISetAside aside, TimeProvider time, Action yield, ILogger? logger = null)
    {
        (_log, _yield, _drainTimeout) = (log, yield, options.DrainTimeout);
        logger ??= NullLogger.Instance;
        _lanes = [.. Enumerable.Range(0, options.Lanes).Select(_ => new KeyLane(handler, aside, options, logger, time))];
        _partitions = new HandlerPartitions(_lanes, options, this, logger, time);
        _partitions.Running = [.. _lanes.Select(lane => lane.RunAsync())];
    }

    public IEnumerable<TopicPartition> Assignment => _positions.Keys;

    public bool IsPaused(TopicPartition partition) => _paused.Contains(partition);

    public bool IsDead { get; private set; }

    public void Assign(IReadOnlyList<TopicPartition> partitions)
    {
        var assigned = partitions.Select(partition => new AssignedPartition(_log.Committed(partition), 0, _log.End(partition)));
        foreach (var start in _partitions.Assigned([.. assigned])) _positions[start.TopicPartition] = start.Offset == Offset.End ? _log.End(start.TopicPartition) : start.Offset.Value;
    }

    public void Revoke(IReadOnlyList<TopicPartition> partitions)
    {
        _partitions.Revoked(partitions, _drainTimeout);
        // As librdkafka does, without a look at what is committed.
        foreach (var partition in partitions)
            if (_stored.TryGetValue(partition, out var stored)) _log.Commit(stored);
        Forget(partitions);
    }

    public void Lose(IReadOnlyList<TopicPartition> partitions)
    {
        Forget(partitions);
        _partitions.Lost(partitions);
    }

    /// <summary>The process is gone: what it does from here on nobody sees.</summary>
    public void Die()
    {
        IsDead = true;
        Lose([.. Assignment]);
    }

    /// <summary>At most <paramref name="count"/> records of each partition, then a tick.</summary>
    public void Poll(int count)
    {
        foreach (var partition in Assignment.Where(partition => !_paused.Contains(partition)).ToList())
        {
            if (_positions[partition] > _log.End(partition)) throw new KafkaException(new Error(ErrorCode.Local_AutoOffsetReset, $"{partition} ends before {_positions[partition]}."));
            foreach (var record in _log.Records(partition).Where(record => record.Offset >= _positions[partition]).Take(count).ToList())
            {
                _partitions.Take(partition, record.View().Fetched());
                _positions[partition] = record.Offset + 1;
            }

            if (_positions[partition] == _log.End(partition)) _partitions.ReachedEnd(partition, _positions[partition]);
        }

        _partitions.EndOfBatch();
        _partitions.Tick();
    }

    public void AutoCommit()
    {
        foreach (var offset in _stored.Values) _log.Commit(offset);
        _stored.Clear();
    }

    public void Store(IReadOnlyList<CommittedOffset> offsets)
    {
        foreach (var offset in offsets) _stored[offset.Partition] = offset;
    }

    public void Commit(IReadOnlyList<CommittedOffset> offsets)
    {
        foreach (var offset in offsets) _log.Commit(offset);
    }

    public void Pause(IReadOnlyList<TopicPartition> partitions) => _paused.UnionWith(partitions);

    public void Resume(IReadOnlyList<TopicPartition> partitions) => _paused.ExceptWith(partitions);

    public void Seek(TopicPartition partition, long offset) => _positions[partition] = offset;

    public long? KnownEnd(TopicPartition partition) => _log.End(partition);

    public long EndOf(TopicPartition partition) => _log.End(partition);

    public Task<IReadOnlyDictionary<int, long>> CommittedAsync(string topic, IReadOnlyList<int> partitions) => Task.FromResult<IReadOnlyDictionary<int, long>>(
        partitions.Select(partition => _log.Committed(new(topic, partition))).Where(offset => offset.Offset is not null).ToDictionary(offset => offset.Partition.Partition.Value, offset => offset.Offset!.Value));

    public void Yield() => _yield();

    public IEnumerable<PartitionReading> Read() => _partitions.Read();

    public void NotFetched(TopicPartition partition, Error error) => _partitions.NotFetched(partition, error);

    public void Dispose() => _partitions.Close();

    // What is paused stays so: librdkafka's pause outlives an assignment.
    private void Forget(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _positions.Remove(partition);
            _stored.Remove(partition);
        }
    }
}
