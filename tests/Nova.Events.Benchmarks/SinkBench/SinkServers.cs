using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Schema;
using Nova.Events.Cli.Commands;
using Nova.Events.Kafka;
using Nova.Events.LocalStack;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>Kafka and ClickHouse of one bench, gone with it unless they are kept.</summary>
internal sealed class SinkServers : IAsyncDisposable
{
    private readonly LocalServers _servers;
    private readonly bool _keep;

    private SinkServers(LocalServers servers, bool keep) => (_servers, _keep) = (servers, keep);

    public KafkaOptions Kafka => new() { BootstrapServers = _servers.Kafka.BootstrapServers, ClientId = "bench" };

    public string ClickHouseUrl => _servers.ClickHouse.Http.ToString();

    /// <summary>What ClickHouse has used since it started.</summary>
    public ProcessUsage ClickHouseUsage => ProcessUsage.OfTree(_servers.ProcessId(ServerKind.ClickHouse));

    /// <summary>What Kafka has used since it started.</summary>
    public ProcessUsage KafkaUsage => ProcessUsage.OfTree(_servers.ProcessId(ServerKind.Kafka));

    public static async Task<SinkServers> StartAsync(bool keep, CancellationToken cancellationToken)
    {
        Environment.SetEnvironmentVariable("NOVA_CLICKHOUSE", null);
        Environment.SetEnvironmentVariable("NOVA_KAFKA", null);
        BenchFolder.DeleteOrphans();
        var folder = keep ? BenchFolder.Kept + "-sink" : BenchFolder.OfThisRun;
        var options = new LocalServersOptions { DataDirectory = folder, Kinds = [ServerKind.ClickHouse, ServerKind.Kafka] };
        var servers = new SinkServers(await LocalServers.StartAsync(options, new Say(), cancellationToken), keep);
        if (!servers._servers.Kafka.IsMock) return servers;
        await servers.DisposeAsync();
        throw new CommandException("A bench needs a real Kafka broker; here is only librdkafka's mock. Set KAFKA_HOME to an installation.");
    }

    /// <summary>A new database with the product's schema.</summary>
    public async Task<ClickHouseClient> DatabaseAsync(string name, CancellationToken cancellationToken)
    {
        var client = new ClickHouseClient(new ClickHouseOptions { Url = ClickHouseUrl, Database = name });
        await new SchemaMigrator(client).UpAsync(cancellationToken);
        return client;
    }

    /// <summary>A new folder for the files of one contender's run.</summary>
    public string ContenderFolder(string name) => Directory.CreateDirectory(Path.Combine(_servers.DataDirectory, "contenders", name)).FullName;

    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync();
        if (!_keep) BenchFolder.Delete(_servers.DataDirectory);
    }
}
