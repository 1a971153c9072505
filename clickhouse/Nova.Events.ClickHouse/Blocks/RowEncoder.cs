using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>How the records of a topic become rows of a table.</summary>
public abstract class RowEncoder
{
    private protected RowEncoder()
    {
    }

    /// <summary>A block of one table, being filled.</summary>
    internal abstract IRowBlock NewBlock();
}

/// <summary>A block of one table, being filled row by row.</summary>
internal interface IRowBlock
{
    /// <summary>Its columns, in the order of the values.</summary>
    NativeBlock Block { get; }

    /// <summary>Writes the row of <paramref name="record"/>, or nothing and says why there is none, in one sentence without payload.</summary>
    string? TryWrite(RecordView record);
}
