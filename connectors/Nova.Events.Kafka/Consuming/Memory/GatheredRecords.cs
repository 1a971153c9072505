using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming.Memory;

/// <summary>Records of a partition, held together until they are given back.</summary>
internal sealed class GatheredRecords(TopicPartition partition, RecordBlockPool pool)
{
    private readonly List<RecordBlock> _blocks = [];

    public int Count { get; private set; }

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
    }

    /// <summary>Takes a block over, with all its records.</summary>
    public void Add(RecordBlock block)
    {
        _blocks.Add(block);
        Count += block.Count;
        Bytes += block.Capacity;
    }

    /// <summary>Gives the memory back; every view of it is void.</summary>
    public void Release()
    {
        foreach (var block in _blocks) pool.Return(block);
        _blocks.Clear();
    }

    private void AddBlock(in FetchedRecord record)
    {
        var block = pool.Rent(partition, record.Size);
        record.TryCopyTo(block);
        _blocks.Add(block);
        Bytes += block.Capacity;
    }
}
