using Nova.Events.ClickHouse.Blocks;
using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>A batch of a table as a block of the Native format.</summary>
internal sealed class NativeBatchEncoder(IRowBlock rows) : IBatchEncoder
{
    private bool _handedOver;

    public long Bytes => rows.Block.Bytes;

    public string? TryAdd(RecordView record) => rows.TryWrite(record);

    public EncodedBatch Finish(OffsetRange range)
    {
        _handedOver = true;
        var pieces = rows.Block.Finish();
        return new EncodedBatch(range, pieces, rows.Block.Rows, NativeBlock.ChecksumOf(pieces), rows.Block, rows.Block.Bytes);
    }

    /// <summary>Gives the memory back unless a batch has it.</summary>
    public void Dispose()
    {
        if (!_handedOver) rows.Block.Dispose();
    }
}
