namespace Nova.Events.Postgres.Wal;

/// <summary>A table as the WAL described it before the change; a new object for each description, so it may be kept.</summary>
/// <param name="Oid">Its object id.</param>
/// <param name="Schema">Its schema; <c>pg_catalog</c> comes as an empty string.</param>
/// <param name="Name">Its name; the root's where the publication publishes through the root.</param>
/// <param name="ReplicaIdentity">What of an old row is in the WAL.</param>
/// <param name="Columns">The published columns, in their order.</param>
public sealed record Relation(uint Oid, string Schema, string Name, ReplicaIdentity ReplicaIdentity, IReadOnlyList<RelationColumn> Columns)
{
    /// <summary>Index of a column; −1 without it.</summary>
    public int IndexOf(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
            if (string.Equals(Columns[i].Name, column, StringComparison.Ordinal)) return i;
        return -1;
    }
}

/// <summary>A column as the WAL described it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TypeOid">Object id of its type.</param>
/// <param name="TypeModifier">The type's modifier, e.g. precision and scale; −1 without one.</param>
/// <param name="IsIdentity">True if the table's replica identity has it; under <see cref="ReplicaIdentity.Full"/> each one.</param>
public readonly record struct RelationColumn(string Name, uint TypeOid, int TypeModifier, bool IsIdentity);

/// <summary>What of an old row is in the WAL: a table's REPLICA IDENTITY.</summary>
public enum ReplicaIdentity
{
    /// <summary>The primary key.</summary>
    Default = 'd',

    /// <summary>All of it.</summary>
    Full = 'f',

    /// <summary>The columns of a unique index.</summary>
    Index = 'i',

    /// <summary>Nothing: such a table can't be updated while it is published.</summary>
    Nothing = 'n',
}
