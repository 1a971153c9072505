using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>A growing buffer of pooled chunks, with the primitives of ClickHouse's binary formats. All numbers little-endian.</summary>
internal sealed class ColumnBuffer
{
    /// <summary>Where little is written, many columns of many partitions must not take a chunk each.</summary>
    private const int FirstBytes = 2 << 10;

    private readonly List<byte[]> _chunks = [];
    private readonly List<ReadOnlyMemory<byte>> _full = [];
    private byte[] _chunk = [];
    private int _used;

    /// <summary>What was written, in pieces; nothing may be written afterwards.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces => _used == 0 ? _full : _full.Append(_chunk.AsMemory(0, _used));

    /// <summary>Bytes of memory that it takes.</summary>
    public long Bytes { get; private set; }

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), value);

    public void WriteUInt128(UInt128 value) => BinaryPrimitives.WriteUInt128LittleEndian(Next(16), value);

    /// <summary>Two 8-byte halves, each byte-reversed.</summary>
    public void WriteUuid(Guid value)
    {
        var target = Next(16);
        value.TryWriteBytes(target, bigEndian: true, out _);
        target[..8].Reverse();
        target[8..].Reverse();
    }

    public void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            Next(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }

        Next(1)[0] = (byte)value;
    }

    public void WriteString(ReadOnlySpan<byte> value)
    {
        WriteVarint((ulong)value.Length);
        value.CopyTo(Next(value.Length));
    }

    public void WriteString(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteVarint((ulong)length);
        Encoding.UTF8.GetBytes(value, Next(length));
    }

    /// <summary>Gives the memory back to the pool; what was written is gone.</summary>
    public void Return()
    {
        ChunkPool.Return(CollectionsMarshal.AsSpan(_chunks));
        _chunks.Clear();
        _full.Clear();
        (_chunk, _used) = ([], 0);
    }

    private Span<byte> Next(int count)
    {
        if (_chunk.Length - _used < count) Grow(count);
        var span = _chunk.AsSpan(_used, count);
        _used += count;
        return span;
    }

    private void Grow(int count)
    {
        if (_used > 0) _full.Add(_chunk.AsMemory(0, _used));
        _chunk = _chunks.Count == 0 && count <= FirstBytes ? new byte[FirstBytes]
            : count > ChunkPool.ChunkBytes ? GC.AllocateUninitializedArray<byte>(count) : ChunkPool.Rent();
        _chunks.Add(_chunk);
        Bytes += _chunk.Length;
        _used = 0;
    }
}
