using Nova.Events.Postgres.Wal;

namespace Nova.Events.Postgres.Capture;

/// <summary>
/// Makes the key and the value of a record of a captured table, as Debezium's PostgreSQL connector does with JSON converters without schemas:
/// the value an envelope of <c>before</c>, <c>after</c>, <c>source</c>, <c>op</c> and <c>ts_ms</c>. Not thread-safe; what it shows is valid until it is used again.
/// </summary>
/// <param name="source">The relay's source; Debezium's <c>topic.prefix</c>.</param>
/// <param name="database">The database.</param>
/// <param name="time">The clock, for <c>ts_ms</c>.</param>
public sealed class ChangeEnvelope(string source, string database, TimeProvider time)
{
    private readonly JsonBytes _key = new();
    private readonly JsonBytes _oldKey = new();
    private readonly JsonBytes _value = new();
    private readonly SourceBlock _source = new(source, database);

    /// <summary>The key that was written last.</summary>
    public ReadOnlySpan<byte> Key => _key.Written;

    /// <summary>The key that <see cref="KeyChanged"/> found in the old row.</summary>
    public ReadOnlySpan<byte> OldKey => _oldKey.Written;

    /// <summary>The value that was written last.</summary>
    public ReadOnlySpan<byte> Value => _value.Written;

    /// <summary>Writes the key of a row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="row">The row.</param>
    public void WriteKey(CapturedTable table, TupleColumns row)
    {
        ArgumentNullException.ThrowIfNull(table);
        _key.Clear();
        table.WriteKey(_key, row, null);
    }

    /// <summary>Writes the key of an updated row, and that of the row as it was; true if they differ.</summary>
    public bool KeyChanged(CapturedTable table, TupleColumns row, TupleColumns old)
    {
        ArgumentNullException.ThrowIfNull(table);
        _key.Clear();
        table.WriteKey(_key, row, old);
        _oldKey.Clear();
        table.WriteKey(_oldKey, old, null);
        return !_key.Written.SequenceEqual(_oldKey.Written);
    }

    /// <summary>Writes the value.</summary>
    /// <param name="table">The table.</param>
    /// <param name="op">c, u, d, r or t.</param>
    /// <param name="before">The row as it was, as far as it is known; null for none.</param>
    /// <param name="after">The row as it is; null for none.</param>
    /// <param name="old">Where values that the change did not touch are taken from, as far as they are known.</param>
    /// <param name="change">Where it comes from.</param>
    public void Write(CapturedTable table, char op, TupleColumns? before, TupleColumns? after, TupleColumns? old, in ChangeSource change)
    {
        ArgumentNullException.ThrowIfNull(table);
        _value.Clear();
        _value.Raw("{\"before\":"u8);
        WriteRow(table, before, null);
        _value.Raw(",\"after\":"u8);
        WriteRow(table, after, old);
        _source.Write(_value, table, change);
        _value.Raw(",\"transaction\":null,\"op\":\""u8);
        _value.Raw([(byte)op]);
        _value.Raw("\""u8);
        SourceBlock.WriteTimes(_value, time.GetUtcNow());
        _value.Raw("}"u8);
    }

    /// <summary>Writes a row whose values could not be encoded, as an object of their text.</summary>
    public void WriteText(CapturedTable table, TupleColumns row)
    {
        ArgumentNullException.ThrowIfNull(table);
        _value.Clear();
        table.WriteText(_value, row);
    }

    private void WriteRow(CapturedTable table, TupleColumns? row, TupleColumns? old)
    {
        if (row is null) _value.Raw("null"u8);
        else table.WriteRow(_value, row, old);
    }
}
