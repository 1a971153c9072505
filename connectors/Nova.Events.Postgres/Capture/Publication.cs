using Npgsql;

namespace Nova.Events.Postgres.Capture;

/// <summary>A table that is not captured as it should be, with the remedy.</summary>
/// <param name="Table">Schema and name.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record CaptureRefusal(string Table, string Reason);

/// <summary>The publication that holds the captured tables.</summary>
/// <param name="database">Where it is.</param>
/// <param name="name">Its name.</param>
public sealed class Publication(NpgsqlDataSource database, string name)
{
    private const string Tables = "SELECT schemaname || '.' || tablename FROM pg_publication_tables WHERE pubname = $1 ORDER BY 1";

    private const string Facts = """
        SELECT format('%I.%I', n.nspname, c.relname), c.relkind IN ('r', 'p') AND c.relpersistence = 'p',
               c.relreplident IN ('f', 'i') OR (c.relreplident = 'd' AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)),
               ARRAY(SELECT format('%I.%I', ln.nspname, l.relname) FROM pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid JOIN pg_namespace ln ON ln.oid = l.relnamespace
                     WHERE t.isleaf AND l.oid <> c.oid AND l.relreplident <> c.relreplident),
               c.relreplident = 'f'
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = split_part($1, '.', 1) AND c.relname = substr($1, strpos($1, '.') + 1)
        """;

    /// <summary>The tables that it holds, by schema and name; a partitioned one by its root.</summary>
    public async Task<IReadOnlyList<string>> TablesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Tables);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tables = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) tables.Add(reader.GetString(0));
        return tables;
    }

    /// <summary>Adds tables that are missing; returns those that are not captured as they should be. One table's fault is none of the others'.</summary>
    /// <param name="wanted">Schema and name of each.</param>
    /// <param name="adding">Called for a table that is added, in the same transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<CaptureRefusal>> EnsureAsync(IEnumerable<string> wanted, Func<NpgsqlConnection, string, Task> adding, CancellationToken cancellationToken)
    {
        var held = (await TablesAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var refusals = new List<CaptureRefusal>();
        foreach (var table in wanted.Concat(held).Distinct(StringComparer.Ordinal).ToList())
            if (await TryEnsureAsync(table, held.Contains(table), adding, cancellationToken) is { } reason) refusals.Add(new CaptureRefusal(table, reason));
        return refusals;
    }

    private async Task<string?> TryEnsureAsync(string table, bool isHeld, Func<NpgsqlConnection, string, Task> adding, CancellationToken cancellationToken)
    {
        try
        {
            return await EnsureAsync(table, isHeld, adding, cancellationToken);
        }
        catch (PostgresException exception)
        {
            return exception.SqlState == PostgresErrorCodes.LockNotAvailable ? "somebody else holds a lock on it; it is tried again" : $"{exception.MessageText} ({exception.SqlState})";
        }
    }

    private async Task<string?> EnsureAsync(string table, bool isHeld, Func<NpgsqlConnection, string, Task> adding, CancellationToken cancellationToken)
    {
        if (await FactsAsync(table, cancellationToken) is not { } facts) return "there is no such table; names are case-sensitive, and without quotes";
        if (!facts.IsPermanentTable) return "it is no permanent table: views, foreign, temporary and unlogged tables are not in the WAL";
        if (!facts.HasIdentity)
            return $"it has no replica identity, so PostgreSQL {(isHeld ? "refuses" : "would refuse")} the application's own UPDATE and DELETE: give it a primary key, or ALTER TABLE {facts.Name} REPLICA IDENTITY FULL";
        if (!isHeld && await AddAsync(facts.Name, connection => adding(connection, table), cancellationToken) is { } refused) return refused;
        return facts.OtherLeaves.Length == 0 ? null
            : $"REPLICA IDENTITY of a partitioned table is not passed on to its partitions; those that differ tell less of old rows: ALTER TABLE {string.Join(", ", facts.OtherLeaves)} REPLICA IDENTITY {(facts.IsFull ? "FULL" : "as the table's")}";
    }

    /// <summary>Adds a table; why that is refused, or null.</summary>
    private async Task<string?> AddAsync(string table, Func<NpgsqlConnection, Task> adding, CancellationToken cancellationToken)
    {
        var sql = $"ALTER PUBLICATION \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\" ADD TABLE {table}";
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand($"SET LOCAL lock_timeout = '3s'; {sql}", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            await adding(connection);
            await transaction.CommitAsync(cancellationToken);
            return null;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DuplicateObject)
        {
            // Another relay was first.
            return null;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedObject)
        {
            return $"{exception.MessageText}: as owner of the table and the publication run {sql};";
        }
    }

    private async Task<TableFacts?> FactsAsync(string table, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Facts);
        command.Parameters.Add(new NpgsqlParameter { Value = table });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new TableFacts(reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetFieldValue<string[]>(3), reader.GetBoolean(4));
    }

    private sealed record TableFacts(string Name, bool IsPermanentTable, bool HasIdentity, string[] OtherLeaves, bool IsFull);
}
