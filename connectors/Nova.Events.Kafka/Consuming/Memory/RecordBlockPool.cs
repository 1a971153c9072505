using Confluent.Kafka;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Memory;

/// <summary>Blocks for a consumer's records, used again and again. Safe for concurrent use.</summary>
/// <param name="maxIdleBytes">Blocks beyond this are left to the collector when they come back.</param>
internal sealed class RecordBlockPool(long maxIdleBytes)
{
    /// <summary>Below the size from which the collector treats arrays as large.</summary>
    private const int BlockBytes = 64 << 10;

    private const int BlockRecords = 512;
    private readonly Lock _lock = new();
    private readonly Stack<RecordBlock> _idle = new();

    /// <summary>An empty block that takes a record of <paramref name="size"/> bytes at least.</summary>
    public RecordBlock Rent(TopicPartition partition, int size)
    {
        var block = size > BlockBytes ? new RecordBlock(size, records: 1) : Idle() ?? new RecordBlock(BlockBytes, BlockRecords);
        block.Begin(partition.Topic, partition.Partition.Value);
        return block;
    }

    /// <summary>Nobody reads the block's records any more; whoever does is told so.</summary>
    public void Return(RecordBlock block)
    {
        block.Release();
        if (block.Capacity != BlockBytes) return;
        lock (_lock)
            if (_idle.Count * (long)BlockBytes < maxIdleBytes) _idle.Push(block);
    }

    private RecordBlock? Idle()
    {
        lock (_lock) return _idle.TryPop(out var block) ? block : null;
    }
}
