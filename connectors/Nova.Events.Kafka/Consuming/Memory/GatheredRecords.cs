using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming.Memory;

/// <summary>Records of a partition, copied out of the client's memory one after the other. One thread gathers; once they are handed over nothing is added.</summary>
internal sealed class GatheredRecords(TopicPartition partition, RecordBlockPool pool)
{
    private readonly List<RecordBlock> _blocks = [];
    private int _holders = 1;

    public int Count { get; private set; }

    /// <summary>Bytes of the records.</summary>
    public long Size { get; private set; }

    /// <summary>Bytes of memory, used or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>The last one.</summary>
    public RecordView Last => _blocks[^1][_blocks[^1].Count - 1];

    /// <summary>All of them.</summary>
    public RecordBatch Batch() => new(_blocks);

    public void Add(in FetchedRecord record)
    {
        if (_blocks.Count == 0 || !record.TryCopyTo(_blocks[^1])) AddBlock(record);
        Count++;
        Size += record.Size;
    }

    /// <summary>One more holds the memory.</summary>
    public void Retain() => Interlocked.Increment(ref _holders);

    /// <summary>One fewer holds the memory; with the last every view of it is void. A holder that ends with a fault leaves it to the collector.</summary>
    /// <returns>True for the last.</returns>
    public bool Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0) return false;
        foreach (var block in _blocks) pool.Return(block);
        return true;
    }

    private void AddBlock(in FetchedRecord record)
    {
        var block = pool.Rent(partition, record.Size);
        record.TryCopyTo(block);
        _blocks.Add(block);
        Bytes += block.Capacity;
    }
}
