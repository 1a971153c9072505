using System.Buffers.Binary;
using System.Text;

namespace Nova.Events.Postgres.Wal;

/// <summary>Reads the fields of one pgoutput message: big-endian integers, strings that end with a zero byte.</summary>
internal ref struct PgOutputReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Bytes read so far.</summary>
    public int Offset { get; private set; }

    public byte Byte() => _message[Offset++];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    /// <summary>Microseconds since 2000-01-01.</summary>
    public DateTimeOffset Timestamp() =>
        new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(BinaryPrimitives.ReadInt64BigEndian(Take(8)) * TimeSpan.TicksPerMicrosecond);

    public string String()
    {
        var length = _message[Offset..].IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(_message.Slice(Offset, length));
        Offset += length + 1;
        return text;
    }

    /// <summary>A string that is mostly the last one again: no new object then.</summary>
    public string Interned(string last)
    {
        var text = _message.Slice(Offset, _message[Offset..].IndexOf((byte)0));
        if (!Ascii.Equals(text, last)) return String();
        Offset += text.Length + 1;
        return last;
    }

    public void Skip(int bytes) => Offset += bytes;

    private ReadOnlySpan<byte> Take(int bytes)
    {
        var taken = _message.Slice(Offset, bytes);
        Offset += bytes;
        return taken;
    }
}
