using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>
/// One block of ClickHouse's Native format over HTTP: varint columns, varint rows, then for each column its name, its type and its values. The same rows give
/// the same bytes. Low-cardinality columns are sent as String: the server casts them for less than a dictionary costs (measured: docs/performance.md).
/// </summary>
internal sealed class NativeBlock(params NativeColumn[] columns) : IDisposable
{
    private readonly ColumnBuffer _counts = new();

    public int Rows { get; private set; }

    public IReadOnlyList<NativeColumn> Columns => columns;

    /// <summary>Bytes of memory that its values take.</summary>
    public long Bytes => columns.Sum(static column => column.Bytes);

    /// <summary>Every column has its value of the row.</summary>
    public void EndRow() => Rows++;

    /// <summary>The block in pieces, valid until it is disposed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish()
    {
        _counts.WriteVarint((ulong)columns.Length);
        _counts.WriteVarint((ulong)Rows);
        var pieces = new List<ReadOnlyMemory<byte>>(_counts.Pieces);
        foreach (var column in columns)
        {
            pieces.Add(column.Header);
            pieces.AddRange(column.Pieces);
        }

        return pieces;
    }

    /// <summary>The first 64 bits of SHA-256 over the pieces.</summary>
    public static ulong ChecksumOf(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in pieces) hash.AppendData(piece.Span);
        return BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _counts.Return();
        foreach (var column in columns) column.Return();
    }
}
