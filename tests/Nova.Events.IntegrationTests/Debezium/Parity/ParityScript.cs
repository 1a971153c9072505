using Nova.Events.IntegrationTests.Outbox;
using Npgsql;

namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>The tables and the changes that both publishers read.</summary>
internal sealed class ParityScript : IAsyncDisposable
{
    /// <summary>What both capture, as Debezium's <c>table.include.list</c> says it.</summary>
    public const string Tables = """public\..*,other\..*""";

    private readonly NpgsqlDataSource _database;

    private ParityScript(NpgsqlDataSource database) => _database = database;

    /// <summary>Makes the tables, empty, and adds them and those to come to the publications.</summary>
    public static async Task<ParityScript> PrepareAsync(OutboxDatabase database)
    {
        // The user's own schema would stand first.
        var script = new ParityScript(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = "public" }));
        await script.ExecuteAsync(ConnectorFile.SetupSql);
        await script.ExecuteAsync(Sql("parity_tables.sql"));
        foreach (var publication in (string[])["nova_cdc", "nova_debezium_cdc"])
            await script.ExecuteAsync($"ALTER PUBLICATION {publication} ADD TABLES IN SCHEMA public, other");
        return script;
    }

    /// <summary>Runs the changes, line by line.</summary>
    /// <param name="isRead">Returns once what is committed up to that row of the table <c>done</c> is published by both.</param>
    public async Task RunAsync(Func<int, Task> isRead)
    {
        var mark = 0;
        foreach (var line in Sql("parity_changes.sql").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line == "-- await")
            {
                await ExecuteAsync($"INSERT INTO done VALUES ({++mark})");
                await isRead(mark);
            }
            else if (!line.StartsWith("--", StringComparison.Ordinal))
                await ExecuteAsync(line);
        }
    }

    /// <summary>PostgreSQL's names of the columns' types as they are now, by table and column.</summary>
    public async Task<Dictionary<(string Table, string Column), string>> TypesAsync()
    {
        await using var command = _database.CreateCommand("""
            SELECT relname, attname, format_type(atttypid, atttypmod) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE attnum > 0 AND NOT attisdropped AND relnamespace IN ('public'::regnamespace, 'other'::regnamespace)
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var types = new Dictionary<(string, string), string>();
        while (await reader.ReadAsync()) types[(reader.GetString(0), reader.GetString(1))] = reader.GetString(2);
        return types;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string Sql(string name)
    {
        using var reader = new StreamReader(typeof(ParityScript).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
