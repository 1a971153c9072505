using Npgsql;
using Nova.Events.Postgres.Wal;

namespace Nova.Events.Postgres.Capture;

/// <summary>Makes captured tables of the WAL's descriptions. Not thread-safe.</summary>
/// <param name="database">Asked for types that PostgreSQL does not bring along, and for what of a key the WAL does not tell.</param>
public sealed class TableCapture(NpgsqlDataSource database)
{
    /// <summary>Of the indexes that make a key, the replica identity's first, then the primary key; their columns in the index's order.</summary>
    private const string Keys = """
        SELECT array_agg(a.attname::text ORDER BY k.place)
        FROM pg_index i
        CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
        GROUP BY i.indexrelid, i.indisreplident, i.indisprimary
        HAVING bool_and(a.attnotnull)
        ORDER BY i.indisreplident DESC, i.indisprimary DESC, i.indexrelid
        """;

    private readonly TypeCatalog _types = new(database);

    /// <summary>
    /// The captured table of a description. Its key is the one that the WAL tells of: the primary key, or the index of the replica identity.
    /// Where the WAL tells none (REPLICA IDENTITY FULL), it is the primary key, or else a unique index over columns that are never null.
    /// </summary>
    /// <exception cref="NpgsqlException">The database can't be asked.</exception>
    public CapturedTable Of(Relation relation)
    {
        ArgumentNullException.ThrowIfNull(relation);
        return CapturedTable.Of(relation, KeyOf(relation), _types);
    }

    private string[] KeyOf(Relation relation)
    {
        var told = relation.ReplicaIdentity is ReplicaIdentity.Full or ReplicaIdentity.Nothing
            ? [] : relation.Columns.Where(column => column.IsIdentity).Select(column => column.Name).ToArray();
        if (told.Length == 1) return told;
        var keys = KeysIn(relation);
        // The WAL tells the columns and not their order; the database knows today's order, where it is still the same key.
        return told.Length == 0 ? keys.FirstOrDefault() ?? [] : keys.FirstOrDefault(key => told.ToHashSet(StringComparer.Ordinal).SetEquals(key)) ?? told;
    }

    private List<string[]> KeysIn(Relation relation)
    {
        using var command = database.CreateCommand(Keys);
        command.Parameters.Add(new NpgsqlParameter { Value = relation.Oid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid });
        using var reader = command.ExecuteReader();
        var keys = new List<string[]>();
        while (reader.Read()) keys.Add(reader.GetFieldValue<string[]>(0));
        // A column that was renamed or dropped since is none of this description's.
        return [.. keys.Where(key => key.All(column => relation.IndexOf(column) >= 0))];
    }
}
