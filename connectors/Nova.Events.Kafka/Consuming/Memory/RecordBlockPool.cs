using System.Collections.Concurrent;
using Confluent.Kafka;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Memory;

/// <summary>Blocks for a consumer's records, used again and again; their memory is that of <see cref="ChunkPool"/>. Safe for concurrent use.</summary>
internal sealed class RecordBlockPool
{
    private const int BlockRecords = 512;
    private readonly ConcurrentStack<RecordBlock> _idle = new();

    /// <summary>An empty block that takes a record of <paramref name="size"/> bytes at least.</summary>
    public RecordBlock Rent(TopicPartition partition, int size)
    {
        var isLarge = size > ChunkPool.ChunkBytes;
        var memory = isLarge ? GC.AllocateUninitializedArray<byte>(size) : ChunkPool.Rent();
        var block = !isLarge && _idle.TryPop(out var idle) ? idle : new RecordBlock([], isLarge ? 1 : BlockRecords);
        block.Begin(partition.Topic, partition.Partition.Value, memory);
        return block;
    }

    /// <summary>Nobody reads the block's records any more; whoever does is told so.</summary>
    public void Return(RecordBlock block)
    {
        block.Release();
        var memory = block.Detach();
        ChunkPool.Return(memory);
        if (memory.Length == ChunkPool.ChunkBytes) _idle.Push(block);
    }
}
