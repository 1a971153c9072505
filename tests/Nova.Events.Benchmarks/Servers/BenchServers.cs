using Nova.Events.Benchmarks.Measuring;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Schema;
using Nova.Events.Cli.Commands;
using Nova.Events.Kafka;
using Nova.Events.LocalStack;
using Npgsql;

namespace Nova.Events.Benchmarks.Servers;

/// <summary>The servers of one bench, gone with it unless they are kept.</summary>
internal sealed class BenchServers : IAsyncDisposable
{
    /// <summary>Neither a checkpoint nor a vacuum may fall into one contender's run and not into the other's.</summary>
    private static readonly string[] Undisturbed =
    [
        "ALTER SYSTEM SET max_wal_size = '32GB'", "ALTER SYSTEM SET checkpoint_timeout = '1h'", "ALTER SYSTEM SET autovacuum = off",
        "SELECT pg_reload_conf()",
    ];

    private readonly LocalServers _servers;
    private readonly bool _keep;

    private BenchServers(LocalServers servers, bool keep) => (_servers, _keep) = (servers, keep);

    public string Folder => _servers.DataDirectory;

    public KafkaOptions Kafka => new() { BootstrapServers = _servers.Kafka.BootstrapServers, ClientId = "bench" };

    /// <summary>Address of ClickHouse, where it is among the servers.</summary>
    public string ClickHouseUrl => _servers.ClickHouse.Http.ToString();

    /// <summary>A new folder for the files of one contender's run.</summary>
    public string ContenderFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, "contenders", name)).FullName;

    /// <summary>What a server has used since it started.</summary>
    public ProcessUsage Usage(ServerKind kind) => ProcessUsage.OfTree(_servers.ProcessId(kind));

    /// <summary>Starts them.</summary>
    /// <param name="durable">False where commits are not what is measured.</param>
    /// <param name="keep">True uses the kept folder and leaves it.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="kinds">Which; none says PostgreSQL and Kafka.</param>
    public static async Task<BenchServers> StartAsync(bool durable, bool keep, CancellationToken cancellationToken, params ServerKind[] kinds)
    {
        if (kinds.Length == 0) kinds = [ServerKind.Postgres, ServerKind.Kafka];
        // A bench changes server settings and fills disks: never those of a server that somebody else runs.
        foreach (var kind in kinds) Environment.SetEnvironmentVariable($"NOVA_{kind.ToString().ToUpperInvariant()}", null);
        BenchFolder.DeleteOrphans();
        var options = new LocalServersOptions
        {
            DataDirectory = keep ? BenchFolder.Kept : BenchFolder.OfThisRun,
            Kinds = kinds,
            Durable = durable,
        };
        try
        {
            var servers = new BenchServers(await LocalServers.StartAsync(options, new Say(), cancellationToken), keep);
            await servers.PrepareAsync(kinds, cancellationToken);
            return servers;
        }
        catch when (!keep)
        {
            BenchFolder.Delete(options.DataDirectory);
            throw;
        }
    }

    /// <summary>Connection string of a database, which need not be there yet.</summary>
    public string Database(string name) => new NpgsqlConnectionStringBuilder(_servers.Postgres.ConnectionString) { Database = name }.ConnectionString;

    /// <summary>A new ClickHouse database with the product's schema.</summary>
    public async Task<ClickHouseClient> ClickHouseDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        var client = new ClickHouseClient(new ClickHouseOptions { Url = ClickHouseUrl, Database = name });
        await new SchemaMigrator(client).UpAsync(cancellationToken);
        return client;
    }

    /// <summary>Creates the database; false if it is there.</summary>
    public async Task<bool> CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var postgres = NpgsqlDataSource.Create(_servers.Postgres.ConnectionString);
        try
        {
            await using var create = postgres.CreateCommand($"CREATE DATABASE {name}");
            await create.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (PostgresException exists) when (exists.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync();
        if (!_keep) BenchFolder.Delete(Folder);
    }

    private async Task PrepareAsync(ServerKind[] kinds, CancellationToken cancellationToken)
    {
        try
        {
            if (_servers.Kafka.IsMock) throw new CommandException("A bench needs a real Kafka broker; here is only librdkafka's mock. Set KAFKA_HOME to an installation.");
            if (!kinds.Contains(ServerKind.Postgres)) return;
            await using var postgres = NpgsqlDataSource.Create(_servers.Postgres.ConnectionString);
            foreach (var setting in Undisturbed)
            {
                await using var command = postgres.CreateCommand(setting);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }
}
