using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>
/// One block of ClickHouse's Native format over HTTP: varint columns, varint rows, then for each column its name, its type and its values. The same rows give
/// the same bytes. Low-cardinality columns are sent as String: the server casts them for less than a dictionary costs (measured: design/parts.md).
/// </summary>
internal sealed class NativeBlock : IDisposable
{
    private readonly PooledBuffer _headers = new(512);
    private readonly NativeColumn[] _columns;

    public NativeBlock(params NativeColumn[] columns) => _columns = columns;

    public int Rows { get; private set; }

    public IEnumerable<string> ColumnNames => _columns.Select(column => column.Name);

    /// <summary>Every column has its value of the row.</summary>
    public void EndRow()
    {
        Rows++;
        foreach (var column in _columns) column.EndRow();
    }

    /// <summary>Takes back the values of a row that turned out not to be encodable.</summary>
    public void DropRow()
    {
        foreach (var column in _columns) column.DropRow();
    }

    /// <summary>The block in pieces, valid until it is disposed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish()
    {
        var ends = new int[_columns.Length];
        _headers.WriteVarint((ulong)_columns.Length);
        _headers.WriteVarint((ulong)Rows);
        for (var i = 0; i < _columns.Length; i++)
        {
            _headers.WriteString(_columns[i].Name);
            _headers.WriteString(_columns[i].Type);
            ends[i] = _headers.Length;
        }

        var pieces = new List<ReadOnlyMemory<byte>>(_columns.Length * 3);
        for (var i = 0; i < _columns.Length; i++)
        {
            pieces.Add(_headers.Written[(i == 0 ? 0 : ends[i - 1])..ends[i]]);
            pieces.AddRange(_columns[i].Pieces);
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
        _headers.Return();
        foreach (var column in _columns) column.Return();
    }
}
