using System.Buffers.Binary;
using System.Text;

namespace Nova.Events.UnitTests.Postgres;

/// <summary>Builds pgoutput messages byte by byte, after PostgreSQL's "Logical Replication Message Formats".</summary>
internal sealed class PgOutputMessage
{
    private readonly List<byte> _bytes = [];

    private PgOutputMessage(char kind) => _bytes.Add((byte)kind);

    public static PgOutputMessage Begin(ulong commitLsn, long microsecondsSince2000 = 0) => new PgOutputMessage('B').Int64(commitLsn).Int64((ulong)microsecondsSince2000).Int32(731);

    public static PgOutputMessage Commit(ulong commitLsn, ulong endLsn) => new PgOutputMessage('C').Byte(0).Int64(commitLsn).Int64(endLsn).Int64(0);

    public static PgOutputMessage Relation(uint oid, string schema, string name, params string[] columns)
    {
        var message = new PgOutputMessage('R').Int32(oid).Text(schema).Text(name).Byte((byte)'d').Int16(columns.Length);
        foreach (var column in columns) message.Byte(0).Text(column).Int32(25).Int32(uint.MaxValue);
        return message;
    }

    /// <summary>Values: text, null, or <see cref="UnchangedToast"/>.</summary>
    public static PgOutputMessage Insert(uint oid, params string?[] values) => new PgOutputMessage('I').Int32(oid).Tuple('N', values);

    public static PgOutputMessage Update(uint oid, params string?[] values) => new PgOutputMessage('U').Int32(oid).Tuple('N', values);

    public static PgOutputMessage UpdateOf(uint oid, char old, string?[] oldValues, string?[] values) => new PgOutputMessage('U').Int32(oid).Tuple(old, oldValues).Tuple('N', values);

    public static PgOutputMessage Truncate(params uint[] oids)
    {
        var message = new PgOutputMessage('T').Int32((uint)oids.Length).Byte(0);
        foreach (var oid in oids) message.Int32(oid);
        return message;
    }

    public static PgOutputMessage Delete(uint oid, string key) => new PgOutputMessage('D').Int32(oid).Tuple('K', key);

    public static PgOutputMessage Logical(bool transactional, string prefix, string content) =>
        new PgOutputMessage('M').Byte(transactional ? (byte)1 : (byte)0).Int64(0x99).Text(prefix).Int32((uint)content.Length).Raw(content);

    public static PgOutputMessage Of(char kind) => new(kind);

    public const string UnchangedToast = "\u0001unchanged";

    public byte[] ToArray() => [.. _bytes];

    private PgOutputMessage Tuple(char kind, params string?[] values)
    {
        Byte((byte)kind).Int16(values.Length);
        foreach (var value in values)
        {
            if (value is null) Byte((byte)'n');
            else if (value == UnchangedToast) Byte((byte)'u');
            else Byte((byte)'t').Int32((uint)Encoding.UTF8.GetByteCount(value)).Raw(value);
        }

        return this;
    }

    private PgOutputMessage Byte(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    private PgOutputMessage Int16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, (short)value);
        return Append(bytes);
    }

    private PgOutputMessage Int32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Append(bytes);
    }

    private PgOutputMessage Int64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Append(bytes);
    }

    private PgOutputMessage Text(string value) => Raw(value).Byte(0);

    private PgOutputMessage Raw(string value) => Append(Encoding.UTF8.GetBytes(value));

    private PgOutputMessage Append(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
