using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>
/// One block of ClickHouse's Native format over HTTP: varint columns, varint rows, then for each column its name, its type and its values. The same rows give
/// the same bytes. Low-cardinality columns are sent as String: the server casts them for less than a dictionary costs (measured: docs/performance.md).
/// </summary>
internal sealed class NativeBlock(params NativeColumn[] columns) : IDisposable
{
    private readonly List<ColumnBuffer> _headers = [];

    public int Rows { get; private set; }

    public IReadOnlyList<NativeColumn> Columns => columns;

    /// <summary>Bytes of memory that its values take.</summary>
    public long Bytes => columns.Sum(static column => column.Bytes);

    /// <summary>Every column has its value of the row.</summary>
    public void EndRow() => Rows++;

    /// <summary>The block in pieces, valid until it is disposed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish()
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        foreach (var column in columns)
        {
            var header = new ColumnBuffer();
            _headers.Add(header);
            if (pieces.Count == 0)
            {
                header.WriteVarint((ulong)columns.Length);
                header.WriteVarint((ulong)Rows);
            }

            header.WriteString(column.Name);
            header.WriteString(column.Type);
            pieces.AddRange(header.Pieces);
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
        foreach (var header in _headers) header.Return();
        foreach (var column in columns) column.Return();
    }
}
