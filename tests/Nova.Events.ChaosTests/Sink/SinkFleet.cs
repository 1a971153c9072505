using Nova.Events.ChaosTests.Servers;
using Nova.Events.ChaosTests.Sink.Faults;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Schema;
using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.LocalStack;

namespace Nova.Events.ChaosTests.Sink;

/// <summary>Kafka, ClickHouse, two sinks of one group, and a third one that comes and goes.</summary>
internal sealed class SinkFleet : IAsyncDisposable
{
    public const string Group = "chaos-sink";

    /// <summary>Topic of domain events, whose repeats are told by position.</summary>
    public const string DomainTopic = Topics.OutboxPrefix + "chaos";

    /// <summary>Offsets among which a client event's id must not occur: few, so that repeats are written inside and outside of it.</summary>
    public const int EventIdWindow = 1_000;

    /// <summary>The group gives the partitions of a silent member to others after so long; 45 s by default.</summary>
    public const double SessionSeconds = 4;

    /// <summary>Partitions of each topic.</summary>
    public const int Partitions = 3;

    private const string GuestName = "sink-c";
    private const int Attempts = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private SinkFleet(ChaosServers servers)
    {
        Servers = servers;
        ClickHouse = new ClickHouseClient(new ClickHouseOptions { Url = Url(servers.Local.ClickHouse.Http.Port), QueryTimeout = TimeSpan.FromMinutes(2) });
        Sinks = [.. Names.Select(Sink)];
        Guest = Sink(GuestName);
        Manager = new ServiceManager(servers, ServerKind.ClickHouse);
    }

    public static IReadOnlyList<string> Names { get; } = ["sink-a", "sink-b"];

    public ChaosServers Servers { get; }

    /// <summary>Keeps ClickHouse up where no fault holds it down.</summary>
    public ServiceManager Manager { get; }

    /// <summary>ClickHouse, reached directly.</summary>
    public ClickHouseClient ClickHouse { get; }

    public IReadOnlyList<RoleProcess> Sinks { get; }

    /// <summary>Runs only during rebalance storms.</summary>
    public RoleProcess Guest { get; }

    public KafkaOptions Kafka => new() { BootstrapServers = Servers.BootstrapServers, ClientId = "chaos" };

    /// <summary>Starts all of it but the guest on the data of <paramref name="folder"/>.</summary>
    /// <param name="folder">Data, logs and ports.</param>
    /// <param name="fresh">True deletes what is there.</param>
    /// <param name="toxiproxy">The program; null leaves the network as it is.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<SinkFleet> StartAsync(string folder, bool fresh, string? toxiproxy, CancellationToken cancellationToken)
    {
        var fleet = new SinkFleet(await ChaosServers.StartAsync(folder, ServerKind.ClickHouse, [.. Names, GuestName], fresh, cuts: toxiproxy is not null, cancellationToken));
        try
        {
            await fleet.PrepareAsync(toxiproxy, cancellationToken);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks every sink to end; returns when they have.</summary>
    public Task StopSinksAsync() => Task.WhenAll(Sinks.Append(Guest).Select(sink => sink.StopAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var sink in Sinks.Append(Guest)) await sink.DisposeAsync();
        ClickHouse.Dispose();
        await Manager.DisposeAsync();
        await Servers.DisposeAsync();
    }

    /// <summary>Runs a statement, again for as long as a server takes to come back that has ended by itself.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        for (var left = Attempts; ; left--)
        {
            try
            {
                await ClickHouse.ExecuteAsync(sql, cancellationToken);
                return;
            }
            catch (ClickHouseException exception) when (left > 0 && exception.Kind == ClickHouseErrorKind.Transient)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>Address of ClickHouse at a port of this machine.</summary>
    public static string Url(int port) => $"http://127.0.0.1:{port}";

    private async Task PrepareAsync(string? toxiproxy, CancellationToken cancellationToken)
    {
        await new SchemaMigrator(ClickHouse).UpAsync(cancellationToken);
        await new BrokenView(this).MendAsync(cancellationToken);
        await new RefusedType(this).AcceptAsync(cancellationToken);
        await new TopicSetup(Kafka, new TopicOptions()).EnsureAsync(
            [new(DomainTopic, Partitions), new(Topics.ClientEvents, Partitions), new(Topics.DeadLetters(Group), Partitions), new(Topics.Retry(Group), Partitions)], cancellationToken);
        if (toxiproxy is not null) await Servers.ConnectAsync(toxiproxy, cancellationToken);
        foreach (var sink in Sinks) await sink.StartAsync(cancellationToken);
    }

    private RoleProcess Sink(string name) => new(name, "clickhouse-sink", Path.Combine(Servers.Local.DataDirectory, name), new Dictionary<string, string>
    {
        ["NOVA_KAFKA__BOOTSTRAPSERVERS"] = Servers.KafkaOf(name),
        ["NOVA_CLICKHOUSE__URL"] = Url(Servers.StorePortOf(name)),
        // As patient as a fault lasts: what is cut off without a word is noticed within it.
        ["NOVA_CLICKHOUSE__INSERTTIMEOUT"] = "00:00:05",
        ["NOVA_CLICKHOUSE__QUERYTIMEOUT"] = "00:00:05",
        ["NOVA_CLICKHOUSESINK__EVENTIDWINDOW"] = $"{EventIdWindow}",
        ["NOVA_CLICKHOUSESINK__RESTARTDELAY"] = "00:00:00.500",
        ["NOVA_CLICKHOUSESINK__CONSUMER__GROUP"] = Group,
        ["NOVA_CLICKHOUSESINK__CONSUMER__SESSIONTIMEOUT"] = $"{TimeSpan.FromSeconds(SessionSeconds)}",
        ["NOVA_CLICKHOUSESINK__CONSUMER__DRAINTIMEOUT"] = "00:00:05",
        ["NOVA_CLICKHOUSESINK__CONSUMER__MAXRETRYDELAY"] = "00:00:01",
        // Small batches, many inserts: more moments to die in.
        ["NOVA_CLICKHOUSESINK__CONSUMER__BATCHAGE"] = "00:00:00.250",
    });
}
