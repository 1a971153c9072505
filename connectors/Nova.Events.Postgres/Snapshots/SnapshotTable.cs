using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Wal;
using Npgsql;

namespace Nova.Events.Postgres.Snapshots;

/// <summary>A table as its rows are read: its columns as the WAL would describe them, and its key with the types that keys are compared by.</summary>
/// <param name="Captured">How its rows become JSON.</param>
/// <param name="From">The table for SQL, without tables that inherit from it.</param>
/// <param name="Expressions">For each column an expression that gives its text as the WAL has it.</param>
/// <param name="KeyTypes">The types of the key's columns.</param>
/// <param name="EstimatedRows">Rows that the server believes there are; null where it has never counted.</param>
/// <param name="BytesPerRow">What a row takes on the disk.</param>
/// <param name="KeySchemas">The schemas of those types: their operators are found there.</param>
/// <param name="RowFilter">The publication's condition on rows; null without one.</param>
public sealed record SnapshotTable(
    CapturedTable Captured, string From, IReadOnlyList<string> Expressions, IReadOnlyList<string> KeyTypes, long? EstimatedRows, long BytesPerRow,
    IReadOnlyList<string> KeySchemas, string? RowFilter)
{
    private const string Find = """
        SELECT c.oid, n.nspname::text, c.relname::text, c.relreplident::text, CASE c.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || format('%I.%I', n.nspname, c.relname),
               (SELECT sum(l.reltuples)::bigint FROM pg_class l WHERE l.oid IN (SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf UNION SELECT c.oid) AND l.relkind = 'r' AND l.reltuples >= 0),
               (SELECT sum(pg_table_size(l.oid)) FROM pg_class l WHERE l.oid IN (SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf UNION SELECT c.oid) AND l.relkind = 'r')::bigint,
               (SELECT string_agg(pg_get_expr(r.prqual, r.prrelid), ' OR ') FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE p.pubname = $2 AND r.prrelid = c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = split_part($1, '.', 1) AND c.relname = substr($1, strpos($1, '.') + 1) AND c.relkind IN ('r', 'p')
              AND EXISTS (SELECT FROM pg_publication_tables p WHERE p.pubname = $2 AND p.schemaname = n.nspname AND p.tablename = c.relname)
        """;

    /// <summary>Those that the publication publishes: no generated ones, and of a column list only its members.</summary>
    private const string FindColumns = """
        SELECT a.attname::text, a.atttypid, a.atttypmod, format('%I', a.attname), format_type(a.atttypid, a.atttypmod),
               format('%I', (SELECT nspname FROM pg_namespace n JOIN pg_type t ON t.typnamespace = n.oid WHERE t.oid = a.atttypid)),
               EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
                       AND CASE (SELECT relreplident FROM pg_class WHERE oid = a.attrelid) WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END)
        FROM pg_attribute a
        WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
              AND (NOT EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = $1 AND p.pubname = $2 AND r.prattrs IS NOT NULL)
                   OR EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = $1 AND p.pubname = $2 AND a.attnum = ANY (r.prattrs::smallint[])))
        ORDER BY a.attnum
        """;

    /// <summary>Types whose cast to text is their output function; others' may differ from it (boolean, character, inet).</summary>
    private static readonly HashSet<uint> PlainTypes = [17, 20, 21, 23, 25, 26, 114, 700, 701, 790, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950, 3802];

    /// <summary>Reads what the database says of a table; null without one.</summary>
    /// <param name="connection">In the transaction in which rows are read.</param>
    /// <param name="tables">Makes captured tables.</param>
    /// <param name="publication">The publication that it is in.</param>
    /// <param name="name">Schema and name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SnapshotTable?> FindAsync(NpgsqlConnection connection, TableCapture tables, string publication, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tables);
        await using var find = new NpgsqlCommand(Find, connection) { Parameters = { new() { Value = name }, new() { Value = publication } } };
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var (oid, schema, table, identity, quoted) = (reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)[0], reader.GetString(4));
        var (rows, bytes) = (reader.IsDBNull(5) ? (long?)null : reader.GetInt64(5), reader.IsDBNull(6) ? 0 : reader.GetInt64(6));
        var filter = reader.IsDBNull(7) ? null : reader.GetString(7);
        await reader.CloseAsync();
        var columns = await ColumnsAsync(connection, oid, publication, cancellationToken);
        var isFull = identity == (char)ReplicaIdentity.Full;
        var relation = new Relation(oid, schema, table, (ReplicaIdentity)identity, [.. columns.Select(column => column.Column with { IsIdentity = isFull || column.Column.IsIdentity })]);
        var captured = tables.Of(relation);
        var keys = captured.KeyColumns.Select(key => columns.Single(column => column.Column.Name == key)).ToList();
        return new SnapshotTable(
            captured, quoted, [.. columns.Select(Expression)], [.. keys.Select(key => key.Type)], rows, rows > 0 ? bytes / rows.Value : 0,
            [.. keys.Select(key => key.Schema).Distinct(StringComparer.Ordinal)], filter);
    }

    private static string Expression((RelationColumn Column, string Quoted, string Type, string Schema) column) =>
        PlainTypes.Contains(column.Column.TypeOid) ? $"{column.Quoted}::text" : $"CASE WHEN {column.Quoted} IS DISTINCT FROM NULL THEN format('%s', {column.Quoted}) END";

    private static async Task<List<(RelationColumn Column, string Quoted, string Type, string Schema)>> ColumnsAsync(
        NpgsqlConnection connection, uint oid, string publication, CancellationToken cancellationToken)
    {
        var columns = new List<(RelationColumn, string, string, string)>();
        await using var find = new NpgsqlCommand(FindColumns, connection) { Parameters = { new() { Value = oid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid }, new() { Value = publication } } };
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            columns.Add((new RelationColumn(reader.GetString(0), reader.GetFieldValue<uint>(1), reader.GetInt32(2), reader.GetBoolean(6)), reader.GetString(3), reader.GetString(4), reader.GetString(5)));
        return columns;
    }
}
