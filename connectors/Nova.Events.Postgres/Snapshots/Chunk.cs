using System.Text;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Wal;

namespace Nova.Events.Postgres.Snapshots;

/// <summary>Rows of a table, read in one snapshot.</summary>
public sealed class Chunk
{
    private readonly byte[] _rows;
    private readonly List<int> _offsets;

    internal Chunk(SnapshotTable table, TransactionSnapshot snapshot, DateTimeOffset readAt, byte[] rows, List<int> offsets, bool isLast) =>
        (Table, Snapshot, ReadAt, _rows, _offsets, IsLast) = (table.Captured, snapshot, readAt, rows, offsets, isLast);

    /// <summary>How its rows become JSON.</summary>
    public CapturedTable Table { get; }

    /// <summary>What the rows were read in.</summary>
    public TransactionSnapshot Snapshot { get; }

    /// <summary>When they were read, by the server's clock.</summary>
    public DateTimeOffset ReadAt { get; }

    /// <summary>How many there are.</summary>
    public int Count => _offsets.Count;

    /// <summary>Their bytes.</summary>
    public int Bytes => _rows.Length;

    /// <summary>True if no row of the range comes after them.</summary>
    public bool IsLast { get; }

    /// <summary>Reads a row into <paramref name="row"/>.</summary>
    public void Read(int index, TupleColumns row)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.TryReadCopied(_rows, _offsets[index], out _);
    }

    /// <summary>The key of the last row, as the text of its columns; null without rows.</summary>
    public IReadOnlyList<string>? LastKey()
    {
        if (Count == 0) return null;
        var row = new TupleColumns();
        Read(Count - 1, row);
        return [.. Table.KeyColumns.Select(column => Encoding.UTF8.GetString(row.Text(Table.Relation.IndexOf(column))))];
    }
}
