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

    /// <summary>Reads a row of a binary COPY, whose fields are text.</summary>
    /// <returns>Where the row ends in <paramref name="copied"/>.</returns>
    internal int ReadCopied(byte[] copied, int offset)
    {
        var reader = new PgOutputReader(copied.AsSpan(offset));
        _message = copied;
        Count = reader.Int16();
        if (_columns.Length < Count) _columns = new (byte, int, int)[Count];
        for (var i = 0; i < Count; i++)
        {
            var length = reader.Int32();
            _columns[i] = length < 0 ? ((byte)'n', 0, 0) : ((byte)'t', offset + reader.Offset, length);
            reader.Skip(Math.Max(0, length));
        }

        return offset + reader.Offset;
    }

    private (byte Kind, int Offset, int Length) Column(int column)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Count);
        return _columns[column];
    }
}
