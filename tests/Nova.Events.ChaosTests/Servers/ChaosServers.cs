using System.Net.Sockets;
using Confluent.Kafka;
using Nova.Events.ChaosTests.Faults;
using Nova.Events.Cli.Commands;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Files;
using Npgsql;

namespace Nova.Events.ChaosTests.Servers;

/// <summary>PostgreSQL, Kafka, the network between them and the relays, and two relays on one slot.</summary>
internal sealed class ChaosServers : IAsyncDisposable
{
    /// <summary>Slot and source.</summary>
    public const string Name = "chaos";

    /// <summary>What the topics begin with.</summary>
    public const string TopicPrefix = "chaos.";

    /// <summary>Largest record of the topic that refuses oversize ones.</summary>
    private const int SmallestLimit = 64 << 10;

    private const int Partitions = 3;
    private const string SmallTopic = TopicPrefix + "small";
    private static readonly string[] EventTopics = [TopicPrefix + "post", TopicPrefix + "follow", SmallTopic];

    /// <summary>A killed broker may come back once its last session has ended; by default that takes 9 s of every kill.</summary>
    private static readonly Dictionary<string, string> BackSoon = new() { ["broker.session.timeout.ms"] = "3000", ["broker.heartbeat.interval.ms"] = "500" };

    private static readonly string[] RelayNames = ["relay-a", "relay-b"];
    private readonly LocalServers _servers;
    private readonly ProxyPorts? _ports;
    private Toxiproxy? _network;

    private ChaosServers(LocalServers servers, ProxyPorts? ports)
    {
        (_servers, _ports) = (servers, ports);
        Database = new ChaosDatabase(servers.Postgres.ConnectionString);
        Relays = [.. RelayNames.Select(Relay)];
    }

    public ChaosDatabase Database { get; }

    public IReadOnlyList<RelayProcess> Relays { get; }

    /// <summary>Where events are published.</summary>
    public static IEnumerable<TopicPartition> EventPartitions { get; } =
        [.. from topic in EventTopics from partition in Enumerable.Range(0, Partitions) select new TopicPartition(topic, partition)];

    /// <summary>The broker as everybody but the relays reaches it.</summary>
    public string BootstrapServers => _servers.Kafka.BootstrapServers;

    /// <summary>Starts all of it on the data of <paramref name="folder"/>.</summary>
    /// <param name="folder">Data, logs and ports.</param>
    /// <param name="fresh">True deletes what is there.</param>
    /// <param name="toxiproxy">The program; null leaves the network as it is.</param>
    /// <param name="progress">Hears how it goes.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<ChaosServers> StartAsync(string folder, bool fresh, string? toxiproxy, IProgress<ServerReport> progress, CancellationToken cancellationToken)
    {
        // Servers that somebody else runs are not killed.
        Environment.SetEnvironmentVariable("NOVA_POSTGRES", null);
        Environment.SetEnvironmentVariable("NOVA_KAFKA", null);
        var ports = toxiproxy is null ? null : ProxyPorts.Of(folder, RelayNames);
        var local = await LocalServers.StartAsync(
            new LocalServersOptions
            {
                DataDirectory = folder,
                Kinds = [ServerKind.Postgres, ServerKind.Kafka],
                Fresh = fresh,
                // SIGKILL of a process loses nothing without fsync; only a power cut would.
                Durable = false,
                KafkaSettings = BackSoon,
                KafkaListeners = ports is null ? [] : [.. RelayNames.Select(ports.Listener)],
            },
            progress, cancellationToken);
        if (fresh) ChaosFolder.DeleteRun(folder, RelayNames);
        var servers = new ChaosServers(local, ports);
        try
        {
            await servers.PrepareAsync(toxiproxy, folder, cancellationToken);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public Task KillAsync(ServerKind kind) => _servers.KillAsync(kind, CancellationToken.None);

    public Task ResumeAsync(ServerKind kind) => _servers.ResumeAsync(kind, CancellationToken.None);

    public void Freeze(ServerKind kind) => _servers.Freeze(kind);

    public void Thaw(ServerKind kind) => _servers.Thaw(kind);

    /// <summary>Cuts a relay off from both servers, or a server off from both relays.</summary>
    public async Task CutAsync(PlannedFault fault, RelayProcess victim)
    {
        string[] relays = fault.Kind.Target == FaultTarget.Relay ? [victim.Name] : RelayNames;
        foreach (var relay in relays)
        {
            if (fault.Kind.Target != FaultTarget.Kafka) await _network!.CutAsync(ProxyPorts.ToPostgres(relay), fault);
            if (fault.Kind.Target != FaultTarget.Postgres) await _network!.CutAsync(ProxyPorts.ToKafka(relay), fault);
        }
    }

    public Task HealAsync() => _network?.HealAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in Relays) await relay.DisposeAsync();
        if (_network is not null) await _network.DisposeAsync();
        await Database.DisposeAsync();
        await _servers.DisposeAsync();
    }

    private async Task PrepareAsync(string? toxiproxy, string folder, CancellationToken cancellationToken)
    {
        if (_servers.Kafka.IsMock) throw new CommandException("Chaos needs a real Kafka broker; here is only librdkafka's mock. Set KAFKA_HOME to an installation.");
        await Database.PrepareAsync(cancellationToken);
        var kafka = new KafkaOptions { BootstrapServers = BootstrapServers, ClientId = "chaos" };
        await new TopicSetup(kafka, new TopicOptions { MaxRecordBytes = SmallestLimit }).EnsureAsync([new(SmallTopic, Partitions)], cancellationToken);
        await new TopicSetup(kafka, new TopicOptions()).EnsureAsync([.. EventTopics.Select(topic => new TopicSpecification(topic, Partitions))], cancellationToken);
        if (toxiproxy is not null) await ConnectAsync(toxiproxy, folder, cancellationToken);
        foreach (var relay in Relays) await relay.StartAsync(cancellationToken);
    }

    private async Task ConnectAsync(string toxiproxy, string folder, CancellationToken cancellationToken)
    {
        _network = await Toxiproxy.StartAsync(toxiproxy, Path.Combine(folder, "network"), _ports!.Api, cancellationToken);
        var postgres = new NpgsqlConnectionStringBuilder(_servers.Postgres.ConnectionString).Port;
        foreach (var relay in RelayNames)
        {
            var listener = _ports.Listener(relay);
            await CheckListensAsync(listener, cancellationToken);
            await _network.AddAsync(ProxyPorts.ToPostgres(relay), _ports.Postgres(relay), postgres);
            await _network.AddAsync(ProxyPorts.ToKafka(relay), listener.ProxyPort, listener.Port);
        }
    }

    private static async Task CheckListensAsync(ProxiedListener listener, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", listener.Port, cancellationToken);
        }
        catch (SocketException)
        {
            throw new CommandException("This Kafka has no listener behind a proxy; only one that runs from jars has. Set KAFKA_HOME to an installation, or take toxiproxy-server off PATH: then nothing is cut.");
        }
    }

    private RelayProcess Relay(string name)
    {
        var database = new NpgsqlConnectionStringBuilder(_servers.Postgres.ConnectionString);
        if (_ports is not null) database.Port = _ports.Postgres(name);
        return RelayProcess.Prepare(name, Path.Combine(_servers.DataDirectory, name), database, _ports is null ? BootstrapServers : $"127.0.0.1:{_ports.Listener(name).ProxyPort}");
    }
}
