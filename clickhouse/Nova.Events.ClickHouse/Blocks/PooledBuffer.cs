using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>A growing buffer from the shared pool, with the primitives of ClickHouse's binary formats. All numbers little-endian.</summary>
internal sealed class PooledBuffer(int capacity)
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Takes back what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

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
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    private Span<byte> Next(int count)
    {
        if (_bytes.Length - Length < count) Grow(count);
        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_bytes.Length * 2), Length + count));
        Written.Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
