using Confluent.Kafka;
using Nova.Events.ChaosTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.LocalStack;
using Npgsql;

namespace Nova.Events.ChaosTests.Relay;

/// <summary>PostgreSQL, Kafka, and two relays on one slot.</summary>
internal sealed class RelayFleet : IAsyncDisposable
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

    private RelayFleet(ChaosServers servers)
    {
        (Servers, Database) = (servers, new ChaosDatabase(servers.Local.Postgres.ConnectionString));
        Relays = [.. Names.Select(Relay)];
    }

    public static IReadOnlyList<string> Names { get; } = ["relay-a", "relay-b"];

    /// <summary>Where events are published.</summary>
    public static IEnumerable<TopicPartition> EventPartitions { get; } =
        [.. from topic in EventTopics from partition in Enumerable.Range(0, Partitions) select new TopicPartition(topic, partition)];

    public ChaosServers Servers { get; }

    public ChaosDatabase Database { get; }

    public IReadOnlyList<RoleProcess> Relays { get; }

    /// <summary>Starts all of it on the data of <paramref name="folder"/>.</summary>
    /// <param name="folder">Data, logs and ports.</param>
    /// <param name="fresh">True deletes what is there.</param>
    /// <param name="toxiproxy">The program; null leaves the network as it is.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<RelayFleet> StartAsync(string folder, bool fresh, string? toxiproxy, CancellationToken cancellationToken)
    {
        var fleet = new RelayFleet(await ChaosServers.StartAsync(folder, ServerKind.Postgres, Names, fresh, cuts: toxiproxy is not null, cancellationToken));
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

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in Relays) await relay.DisposeAsync();
        await Database.DisposeAsync();
        await Servers.DisposeAsync();
    }

    private async Task PrepareAsync(string? toxiproxy, CancellationToken cancellationToken)
    {
        await Database.PrepareAsync(cancellationToken);
        var kafka = new KafkaOptions { BootstrapServers = Servers.BootstrapServers, ClientId = "chaos" };
        await new TopicSetup(kafka, new TopicOptions { MaxRecordBytes = SmallestLimit }).EnsureAsync([new(SmallTopic, Partitions)], cancellationToken);
        await new TopicSetup(kafka, new TopicOptions()).EnsureAsync([.. EventTopics.Select(topic => new TopicSpecification(topic, Partitions))], cancellationToken);
        if (toxiproxy is not null) await Servers.ConnectAsync(toxiproxy, cancellationToken);
        foreach (var relay in Relays) await relay.StartAsync(cancellationToken);
    }

    private RoleProcess Relay(string name) => new(name, "relay", Path.Combine(Servers.Local.DataDirectory, name), new Dictionary<string, string>
    {
        // The name of its sessions in the database, too.
        ["NOVA_RELAY__CONNECTIONSTRING"] =
            new NpgsqlConnectionStringBuilder(Servers.Local.Postgres.ConnectionString) { ApplicationName = name, Port = Servers.StorePortOf(name) }.ConnectionString,
        ["NOVA_RELAY__SLOT"] = Name,
        ["NOVA_RELAY__SOURCE"] = Name,
        ["NOVA_RELAY__TOPICPREFIX"] = TopicPrefix,
        // Oversize records are put aside, and the relay goes on.
        ["NOVA_RELAY__POISON"] = "DeadLetter",
        // As short as the server's patience, so that a cut is noticed within one fault.
        ["NOVA_RELAY__HEARTBEATINTERVAL"] = "00:00:01",
        ["NOVA_RELAY__HEARTBEATTIMEOUT"] = "00:00:06",
        ["NOVA_KAFKA__BOOTSTRAPSERVERS"] = Servers.KafkaOf(name),
    });
}
