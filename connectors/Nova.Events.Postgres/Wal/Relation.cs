namespace Nova.Events.Postgres.Wal;

/// <summary>A table as the WAL described it before the change; a new object for each description, so it may be kept.</summary>
/// <param name="Oid">Its object id.</param>
/// <param name="Schema">Its schema; <c>pg_catalog</c> comes as an empty string.</param>
/// <param name="Name">Its name; the root's where the publication publishes through the root.</param>
/// <param name="Columns">Names of the published columns, in their order.</param>
public sealed record Relation(uint Oid, string Schema, string Name, IReadOnlyList<string> Columns)
{
    /// <summary>Index of a column; −1 without it.</summary>
    public int IndexOf(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
            if (string.Equals(Columns[i], column, StringComparison.Ordinal)) return i;
        return -1;
    }
}
