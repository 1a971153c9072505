using Nova.Events.Postgres.Capture;
using Npgsql;

namespace Nova.Events.Relay.Snapshots;

/// <summary>What was asked for and how far it is: table <c>nova.snapshots</c>.</summary>
public sealed class SnapshotStore(NpgsqlDataSource database)
{
    private const string Columns = "id, table_name, filter, rows_per_second, state, reason, key_columns, last_key, end_key, chunks, rows, estimated_rows, started_at, updated_at";

    /// <summary>All of a state, or all; the oldest first.</summary>
    public async Task<IReadOnlyList<SnapshotRequest>> ListAsync(IReadOnlyCollection<string> states, CancellationToken cancellationToken)
    {
        await using var command = Command($"SELECT {Columns} FROM nova.snapshots WHERE state = ANY ($1) ORDER BY id", (object)states.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var requests = new List<SnapshotRequest>();
        while (await reader.ReadAsync(cancellationToken)) requests.Add(Read(reader));
        return requests;
    }

    /// <summary>Asks for a snapshot.</summary>
    /// <returns>Its id.</returns>
    public async Task<long> RequestAsync(string table, string? filter, int? rowsPerSecond, CancellationToken cancellationToken)
    {
        await using var command = Command("INSERT INTO nova.snapshots (table_name, filter, rows_per_second) VALUES ($1, $2, $3) RETURNING id", table, filter, rowsPerSecond);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Asks for one in a transaction, where there is the table to ask in.</summary>
    public static async Task RequestAsync(NpgsqlConnection connection, string table)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('nova.snapshots') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync() is not true) return;
        await using var request = new NpgsqlCommand("INSERT INTO nova.snapshots (table_name) VALUES ($1)", connection) { Parameters = { new() { Value = table } } };
        await request.ExecuteNonQueryAsync();
    }

    /// <summary>Asks for one of each table for which none was ever asked for.</summary>
    public async Task<int> RequestFirstAsync(IEnumerable<string> tables, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "INSERT INTO nova.snapshots (table_name) SELECT t FROM unnest($1) t WHERE NOT EXISTS (SELECT FROM nova.snapshots s WHERE s.table_name = t)", (object)tables.ToArray());
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Asks for a whole one of each table that has none to come.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RequestAllAsync(IEnumerable<string> tables, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            INSERT INTO nova.snapshots (table_name) SELECT t FROM unnest($1) t
            WHERE NOT EXISTS (SELECT FROM nova.snapshots s WHERE s.table_name = t AND s.filter IS NULL AND s.state = 'requested')
            """, (object)tables.ToArray());
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes that it began; what an earlier session did stays.</summary>
    public Task BeginAsync(long id, IReadOnlyList<string> keyColumns, IReadOnlyList<string>? endKey, long? estimatedRows, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE nova.snapshots SET state = 'running', key_columns = $2, end_key = $3, estimated_rows = $4, started_at = now(), reason = NULL WHERE id = $1 AND state = 'requested'",
        cancellationToken, id, keyColumns.ToArray(), endKey?.ToArray(), estimatedRows);

    /// <summary>Notes a chunk, all of whose rows Kafka has.</summary>
    /// <returns>True if it is to go on; false if it was paused or cancelled, or somebody else is further.</returns>
    public async Task<bool> AdvanceAsync(long id, long chunks, IReadOnlyList<string> lastKey, long rows, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "UPDATE nova.snapshots SET chunks = chunks + 1, last_key = $3, rows = rows + $4, updated_at = clock_timestamp(), reason = NULL WHERE id = $1 AND chunks = $2 RETURNING state = 'running'",
            id, chunks, lastKey.ToArray(), rows);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Notes what it waits for.</summary>
    public Task WaitAsync(long id, string reason, CancellationToken cancellationToken) =>
        ExecuteAsync("UPDATE nova.snapshots SET reason = $2 WHERE id = $1 AND reason IS DISTINCT FROM $2", cancellationToken, id, reason);

    /// <summary>Notes how it ended.</summary>
    public Task EndAsync(long id, string state, string? reason, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE nova.snapshots SET state = $2, reason = $3, finished_at = clock_timestamp() WHERE id = $1 AND state IN ('requested', 'running')", cancellationToken, id, state, reason);

    /// <summary>Moves those of a table, or the one of an id, from some states to another.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> MoveAsync(string tableOrId, IReadOnlyCollection<string> from, string to, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "UPDATE nova.snapshots SET state = CASE WHEN $3 = 'running' AND started_at IS NULL THEN 'requested' ELSE $3 END, reason = NULL WHERE (table_name = $1 OR id::text = $1) AND state = ANY ($2)",
            tableOrId, from.ToArray(), to);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params object?[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    private static SnapshotRequest Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), Text(reader, 2), reader.IsDBNull(3) ? null : reader.GetInt32(3), reader.GetString(4), Text(reader, 5),
        Texts(reader, 6), Texts(reader, 7), Texts(reader, 8), reader.GetInt64(9), reader.GetInt64(10), reader.IsDBNull(11) ? null : reader.GetInt64(11), Time(reader, 12), Time(reader, 13));

    private static string[]? Texts(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<string[]>(column);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
