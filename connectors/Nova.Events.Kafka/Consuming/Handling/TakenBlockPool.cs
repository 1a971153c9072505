namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>Blocks for the records of a handler consumer, used again and again. The poll thread's alone.</summary>
/// <param name="maxIdleBytes">Blocks beyond this are left to the collector when they come back.</param>
internal sealed class TakenBlockPool(long maxIdleBytes)
{
    /// <summary>Below the size from which the collector treats arrays as large.</summary>
    private const int BlockBytes = 64 << 10;

    private const int BlockRecords = 512;
    private readonly Stack<TakenBlock> _idle = new();

    /// <summary>An empty block that takes a record of <paramref name="size"/> bytes at least.</summary>
    public TakenBlock Rent(PartitionTrack track, int size)
    {
        var block = size > BlockBytes ? new TakenBlock(size, records: 1) : _idle.TryPop(out var idle) ? idle : new TakenBlock(BlockBytes, BlockRecords);
        block.Begin(track);
        return block;
    }

    /// <summary>All of the block's records are finished; whoever still reads one is told so.</summary>
    public void Return(TakenBlock block)
    {
        block.Records.Release();
        if (block.Records.Capacity == BlockBytes && _idle.Count * (long)BlockBytes < maxIdleBytes) _idle.Push(block);
    }
}
