using Nova.Events.Postgres.Capture.Values;
using Nova.Events.Postgres.Wal;

namespace Nova.Events.Postgres.Capture;

/// <summary>How the rows of one table become JSON, as the WAL describes the table now. Made anew for each description.</summary>
public sealed class CapturedTable
{
    private readonly Column[] _columns;
    private readonly int[] _key;

    private CapturedTable(Relation relation, Column[] columns, int[] key) => (Relation, _columns, _key) = (relation, columns, key);

    /// <summary>The table.</summary>
    public Relation Relation { get; }

    /// <summary>True if its rows have a key: the primary key, or that of its replica identity.</summary>
    public bool HasKey => _key.Length > 0;

    /// <summary>Names of the key's columns, in the key's order.</summary>
    public IReadOnlyList<string> KeyColumns => [.. _key.Select(column => Relation.Columns[column].Name)];

    internal static CapturedTable Of(Relation relation, IReadOnlyList<string> key, TypeCatalog types) => new(
        relation,
        [.. relation.Columns.Select(column => new Column(Member(column.Name), types.EncoderOf(column.TypeOid, column.TypeModifier)))],
        [.. key.Select(relation.IndexOf)]);

    /// <summary>Writes the key of a row: an object with the key's columns.</summary>
    /// <inheritdoc cref="WriteRow" path="/param"/>
    internal void WriteKey(JsonBytes json, TupleColumns row, TupleColumns? old)
    {
        json.Raw("{"u8);
        for (var i = 0; i < _key.Length; i++)
        {
            if (i > 0) json.Raw(","u8);
            Write(json, _key[i], row, old);
        }

        json.Raw("}"u8);
    }

    /// <summary>Writes a row: an object with its columns.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="row">The row.</param>
    /// <param name="old">The row as it was, as far as it is known: values that the change did not touch are taken from there.</param>
    internal void WriteRow(JsonBytes json, TupleColumns row, TupleColumns? old)
    {
        json.Raw("{"u8);
        for (var column = 0; column < _columns.Length; column++)
        {
            if (column > 0) json.Raw(","u8);
            Write(json, column, row, old);
        }

        json.Raw("}"u8);
    }

    /// <summary>Writes a row as an object of its values' text.</summary>
    internal void WriteText(JsonBytes json, TupleColumns row)
    {
        json.Raw("{"u8);
        for (var column = 0; column < _columns.Length; column++)
        {
            if (column > 0) json.Raw(","u8);
            json.Raw(_columns[column].Member);
            if (row.IsNull(column) || row.IsUnchangedToast(column)) json.Raw("null"u8);
            else json.String(row.Text(column));
        }

        json.Raw("}"u8);
    }

    private void Write(JsonBytes json, int column, TupleColumns row, TupleColumns? old)
    {
        json.Raw(_columns[column].Member);
        var encoder = _columns[column].Encoder;
        if (row.IsUnchangedToast(column))
        {
            // A TOASTed value is never null: where the old row has none, the WAL does not have it.
            if (old is null || old.IsNull(column) || old.IsUnchangedToast(column)) encoder.WriteUnavailable(json);
            else Write(json, column, old.Text(column));
        }
        else if (row.IsNull(column)) json.Raw("null"u8);
        else Write(json, column, row.Text(column));
    }

    private void Write(JsonBytes json, int column, ReadOnlySpan<byte> text)
    {
        try
        {
            _columns[column].Encoder.Write(json, text);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new FormatException($"column '{Relation.Columns[column].Name}' of {Relation.Schema}.{Relation.Name} holds what its type does not: {exception.Message}", exception);
        }
    }

    private static byte[] Member(string name)
    {
        var json = new JsonBytes();
        json.String(System.Text.Encoding.UTF8.GetBytes(name));
        json.Raw(":"u8);
        return json.Written.ToArray();
    }

    private readonly record struct Column(byte[] Member, ValueEncoder Encoder);
}
