using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Nova.Events.Postgres.Slots;
using Npgsql;

namespace Nova.Events.Benchmarks.Servers;

/// <summary>A database with the outbox and what benches add to it.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private static readonly TimeSpan LongestStatement = TimeSpan.FromMinutes(10);

    private BenchDatabase(string connectionString)
    {
        ConnectionString = connectionString;
        DataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = (int)LongestStatement.TotalSeconds,
            // As an application has it that writes the same statements again and again.
            MaxAutoPrepare = 30,
        }.ConnectionString);
        Slots = new ReplicationSlots(DataSource);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    public ReplicationSlots Slots { get; }

    /// <summary>False where an earlier run with <c>--keep</c> made it.</summary>
    public bool IsNew { get; private init; }

    public static async Task<BenchDatabase> OpenAsync(BenchServers servers, string name, CancellationToken cancellationToken)
    {
        var database = new BenchDatabase(servers.Database(name)) { IsNew = await servers.CreateDatabaseAsync(name, cancellationToken) };
        if (!database.IsNew) return database;
        await new SchemaMigrator(database.DataSource).UpAsync(OutboxSchema.Files, cancellationToken);
        await database.ExecuteAsync($"SELECT nova.outbox_create_partitions({OutboxSchema.PartitionDaysAhead})", cancellationToken);
        await database.ExecuteAsync(await BenchSql.ReadAsync("bench_database.sql", cancellationToken), cancellationToken);
        await database.ExecuteAsync(await BenchSql.ReadAsync("captured_table.sql", cancellationToken), cancellationToken);
        return database;
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();
}
