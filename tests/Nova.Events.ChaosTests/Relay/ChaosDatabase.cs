using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Nova.Events.Postgres.Slots;
using Npgsql;

namespace Nova.Events.ChaosTests.Relay;

/// <summary>The database of a run, reached directly: the writers' network is never cut.</summary>
internal sealed class ChaosDatabase : IAsyncDisposable
{
    /// <summary>Name of the writers' sessions.</summary>
    public const string WriterName = "chaos-writer";

    private const string Sql = "chaos_database.sql";

    /// <summary>The server ends a connection that is silent for so long, and gives the slot to the next relay.</summary>
    private static readonly TimeSpan WalSenderTimeout = TimeSpan.FromSeconds(5);

    public ChaosDatabase(string connectionString) => DataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        ApplicationName = WriterName,
        Timeout = 5,
        CommandTimeout = 10,
        MaxAutoPrepare = 10,
    }.ConnectionString);

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Makes what is missing: the outbox, the ledger, the slot.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync($"ALTER SYSTEM SET wal_sender_timeout = '{WalSenderTimeout.TotalMilliseconds:0}ms'", cancellationToken);
        await ExecuteAsync("SELECT pg_reload_conf()", cancellationToken);
        await new SchemaMigrator(DataSource).UpAsync(OutboxSchema.Files, cancellationToken);
        await ExecuteAsync($"SELECT nova.outbox_create_partitions({OutboxSchema.PartitionDaysAhead})", cancellationToken);
        if (await ScalarAsync<bool>("SELECT to_regnamespace('chaos') IS NULL", cancellationToken))
        {
            using var reader = new StreamReader(typeof(ChaosDatabase).Assembly.GetManifestResourceStream(Sql)!);
            await ExecuteAsync(await reader.ReadToEndAsync(cancellationToken), cancellationToken);
        }

        await new ReplicationSlots(DataSource).EnsureAsync(RelayFleet.Name, cancellationToken);
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<T> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();
}
