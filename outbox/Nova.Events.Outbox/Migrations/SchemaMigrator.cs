using Npgsql;

namespace Nova.Events.Outbox.Migrations;

/// <summary>Applies numbered SQL files to PostgreSQL: each once, in its own transaction, two migrators at a time never.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="warn">Hears what a file warns of.</param>
public sealed class SchemaMigrator(NpgsqlDataSource dataSource, Action<string>? warn = null)
{
    internal const string CreateTable = """
        CREATE SCHEMA IF NOT EXISTS nova;
        CREATE TABLE IF NOT EXISTS nova.schema_migrations (
            name       text PRIMARY KEY,
            checksum   text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now())
        """;

    /// <summary>Applies what is missing; returns the names that it applied.</summary>
    /// <exception cref="SchemaChangedException">A file differs from what was applied under its name.</exception>
    public async Task<IReadOnlyList<string>> UpAsync(IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        connection.Notice += Warn;
        await ExecuteAsync(connection, "SELECT pg_advisory_lock(hashtext('nova.schema_migrations'))", cancellationToken);
        try
        {
            await ExecuteAsync(connection, CreateTable, cancellationToken);
            var applied = await AppliedAsync(connection, cancellationToken);
            var missing = SchemaStatus.Of(files, applied).Missing;
            foreach (var file in missing) await ApplyAsync(connection, file, cancellationToken);
            return [.. missing.Select(file => file.Name)];
        }
        finally
        {
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock(hashtext('nova.schema_migrations'))", CancellationToken.None);
            connection.Notice -= Warn;
        }
    }

    /// <summary>Compares the files with what was applied; changes nothing.</summary>
    /// <exception cref="SchemaChangedException">A file differs from what was applied under its name.</exception>
    public async Task<SchemaStatus> StatusAsync(IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("SELECT to_regclass('nova.schema_migrations') IS NOT NULL", connection);
        var applied = await exists.ExecuteScalarAsync(cancellationToken) is true ? await AppliedAsync(connection, cancellationToken) : [];
        return SchemaStatus.Of(files, applied);
    }

    private void Warn(object sender, NpgsqlNoticeEventArgs arguments)
    {
        if (arguments.Notice.InvariantSeverity == "WARNING") warn?.Invoke(arguments.Notice.MessageText);
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT name, checksum FROM nova.schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) applied.Add(reader.GetString(0), reader.GetString(1));
        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, SchemaFile file, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, file.Sql, cancellationToken);
        await using var record = new NpgsqlCommand("INSERT INTO nova.schema_migrations (name, checksum) VALUES ($1, $2)", connection)
        {
            Parameters = { new() { Value = file.Name }, new() { Value = file.Checksum } },
        };
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
