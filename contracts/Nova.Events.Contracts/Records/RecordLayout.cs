using System.Buffers.Binary;

namespace Nova.Events.Contracts.Records;

/// <summary>
/// A record's bytes in a block: offset and timestamp (8 each), lengths of key and value (4 each, −1 for none), key, value, then for each header the lengths
/// of name and value (4 each, −1 for a null) and both.
/// </summary>
internal readonly ref struct RecordLayout(ReadOnlySpan<byte> bytes)
{
    private const int FixedSize = 24;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public long Offset => BinaryPrimitives.ReadInt64LittleEndian(_bytes);

    public long Timestamp => BinaryPrimitives.ReadInt64LittleEndian(_bytes[8..]);

    public bool HasKey => KeyLength >= 0;

    public ReadOnlySpan<byte> Key => _bytes.Slice(FixedSize, Math.Max(0, KeyLength));

    public bool HasValue => ValueLength >= 0;

    public ReadOnlySpan<byte> Value => _bytes.Slice(FixedSize + Math.Max(0, KeyLength), Math.Max(0, ValueLength));

    public ReadOnlySpan<byte> Headers => _bytes[(FixedSize + Math.Max(0, KeyLength) + Math.Max(0, ValueLength))..];

    private int KeyLength => BinaryPrimitives.ReadInt32LittleEndian(_bytes[16..]);

    private int ValueLength => BinaryPrimitives.ReadInt32LittleEndian(_bytes[20..]);

    public static int SizeOf(int keyLength, int valueLength, int headersSize) => FixedSize + keyLength + valueLength + headersSize;

    public static int SizeOfHeader(int nameLength, int valueLength) => 8 + nameLength + valueLength;

    /// <summary>Writes all but the headers; answers where those go.</summary>
    public static Span<byte> Write(Span<byte> target, long offset, long timestamp, bool hasKey, ReadOnlySpan<byte> key, bool hasValue, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, offset);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], timestamp);
        BinaryPrimitives.WriteInt32LittleEndian(target[16..], hasKey ? key.Length : -1);
        BinaryPrimitives.WriteInt32LittleEndian(target[20..], hasValue ? value.Length : -1);
        key.CopyTo(target[FixedSize..]);
        value.CopyTo(target[(FixedSize + key.Length)..]);
        return target[(FixedSize + key.Length + value.Length)..];
    }

    /// <summary>Writes a header; answers where the next one goes.</summary>
    public static Span<byte> WriteHeader(Span<byte> target, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNull)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], isNull ? -1 : value.Length);
        name.CopyTo(target[8..]);
        value.CopyTo(target[(8 + name.Length)..]);
        return target[(8 + name.Length + value.Length)..];
    }

    public static HeaderView ReadHeader(ReadOnlySpan<byte> bytes, out int size)
    {
        var (nameLength, valueLength) = (BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]));
        size = SizeOfHeader(nameLength, Math.Max(0, valueLength));
        return new HeaderView(bytes.Slice(8, nameLength), bytes[(8 + nameLength)..size], valueLength < 0);
    }
}
