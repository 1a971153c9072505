using System.Buffers.Binary;

namespace Nova.Events.Postgres.Wal;

/// <summary>The columns of one row, as slices of the message that is being read. Valid until the next message is.</summary>
public sealed class TupleColumns
{
    private byte[] _message = [];
    private (byte Kind, int Offset, int Length)[] _columns = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>True for SQL's NULL.</summary>
    public bool IsNull(int column) => Column(column).Kind == 'n';

    /// <summary>True for a TOASTed value that the change did not touch and that is therefore not in the WAL.</summary>
    public bool IsUnchangedToast(int column) => Column(column).Kind == 'u';

    /// <summary>The value in PostgreSQL's text form; empty for NULL and for unchanged TOAST.</summary>
    public ReadOnlySpan<byte> Text(int column)
    {
        var (_, offset, length) = Column(column);
        return _message.AsSpan(offset, length);
    }

    internal void Read(byte[] message, int origin, ref PgOutputReader reader)
    {
        _message = message;
        Count = reader.Int16();
        if (_columns.Length < Count) _columns = new (byte, int, int)[Count];
        for (var i = 0; i < Count; i++)
        {
            var kind = reader.Byte();
            var length = kind is (byte)'t' or (byte)'b' ? reader.Int32() : 0;
            _columns[i] = (kind, origin + reader.Offset, length);
            reader.Skip(length);
        }
    }

    /// <summary>Reads a row of a binary COPY, whose fields are text; false if not all of it is there.</summary>
    /// <param name="copied">The COPY's bytes.</param>
    /// <param name="offset">Where the row begins.</param>
    /// <param name="next">Where the row after it does.</param>
    internal bool TryReadCopied(byte[] copied, int offset, out int next)
    {
        next = offset + 2;
        if (next > copied.Length) return false;
        _message = copied;
        Count = BinaryPrimitives.ReadInt16BigEndian(copied.AsSpan(offset));
        if (_columns.Length < Count) _columns = new (byte, int, int)[Count];
        for (var i = 0; i < Count; i++)
        {
            if (next + 4 > copied.Length) return false;
            var length = BinaryPrimitives.ReadInt32BigEndian(copied.AsSpan(next));
            _columns[i] = length < 0 ? ((byte)'n', 0, 0) : ((byte)'t', next + 4, length);
            next += 4 + Math.Max(0, length);
            if (next > copied.Length) return false;
        }

        return true;
    }

    private (byte Kind, int Offset, int Length) Column(int column)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Count);
        return _columns[column];
    }
}
