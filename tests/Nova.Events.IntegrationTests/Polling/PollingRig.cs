using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.EndToEnd;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;

namespace Nova.Events.IntegrationTests.Polling;

/// <summary>A database that is polled, topics of a test's own, and relays between them.</summary>
internal sealed class PollingRig : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings;

    private PollingRig(RunningServers servers, OutboxDatabase database)
    {
        (Database, Kafka) = (database, new KafkaOptions { BootstrapServers = servers.Kafka });
        _settings = new()
        {
            ["Relay:Mode"] = "Polling",
            ["Relay:ConnectionString"] = database.ConnectionString,
            ["Relay:Slot"] = database.Slot,
            ["Relay:Source"] = Source,
            ["Relay:TopicPrefix"] = TopicPrefix,
            ["Relay:MaxReconnectDelay"] = "00:00:00.5",
            ["Relay:Polling:LeaseLength"] = "00:00:03",
            ["Relay:Polling:MaxInterval"] = "00:00:00.05",
            ["Relay:StatusInterval"] = "00:00:00.1",
            ["Relay:HeartbeatInterval"] = "00:00:00.2",
            ["Kafka:BootstrapServers"] = servers.Kafka,
            ["Log:File"] = Path.Combine(servers.Folder, Source + ".log"),
        };
    }

    public OutboxDatabase Database { get; }

    public KafkaOptions Kafka { get; }

    public string Source { get; } = Fresh.Name("poll");

    public string TopicPrefix => Source + ".event.";

    public string LogFile => _settings["Log:File"]!;

    /// <summary>Polling is enabled, there is no slot.</summary>
    public static async Task<PollingRig> CreateAsync(RunningServers servers, int buckets = 16)
    {
        var rig = await CreateDisabledAsync(servers);
        await rig.Database.ExecuteAsync($"SELECT nova.outbox_enable_polling({buckets})");
        return rig;
    }

    public static async Task<PollingRig> CreateDisabledAsync(RunningServers servers, bool withSlot = false) => new(servers, await OutboxDatabase.CreateAsync(servers, withSlot));

    /// <summary>A relay in this process; <paramref name="further"/> settings win.</summary>
    public Task<RoleHost> StartAsync(params (string Key, string Value)[] further) =>
        RoleHost.StartAsync([Role.All.Single(role => role.Name == "relay")], With(further), port: 0, CancellationToken.None);

    /// <summary>A relay in a process of its own.</summary>
    public NovaProcess Run(params (string Key, string Value)[] further) => NovaProcess.Run("relay", With([("Log:File", LogFile + Fresh.Name(".run")), .. further]));

    /// <summary>All records of its topics as their partitions have them, once there are <paramref name="count"/> of different ids; or what there is when the patience ends.</summary>
    public Task<List<ConsumedRecord>> LogAsync(int count) => Eventually.ValueAsync(ReadLogAsync, records => Delivered(records).Count >= count);

    /// <summary>Records that its topics hold.</summary>
    public async Task<long> LoggedAsync() => (await PartitionsAsync()).Sum(partition => partition.End - partition.First);

    public Task<long> QueuedAsync() => Database.ScalarAsync<long>("SELECT count(*) FROM nova.outbox_queue");

    public async Task EmptiedAsync() => await Eventually.ValueAsync(QueuedAsync, queued => queued == 0);

    /// <summary>The consumers' rule: of each id the first occurrence.</summary>
    public static List<ConsumedRecord> Delivered(IEnumerable<ConsumedRecord> log) => [.. log.DistinctBy(record => record.Header(HeaderNames.Id))];

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private Dictionary<string, string?> With((string Key, string Value)[] further)
    {
        var settings = new Dictionary<string, string?>(_settings);
        foreach (var (key, value) in further) settings[key] = value;
        return settings;
    }

    private async Task<List<ConsumedRecord>> ReadLogAsync()
    {
        var (records, reader) = (new List<ConsumedRecord>(), new TopicReader(Kafka));
        foreach (var partition in await PartitionsAsync())
            await foreach (var record in reader.ReadAsync(partition, CancellationToken.None)) records.Add(record);
        return records;
    }

    private Task<IReadOnlyList<PartitionSnapshot>> PartitionsAsync() =>
        new TopicReader(Kafka).SnapshotAsync(topic => topic.StartsWith(TopicPrefix, StringComparison.Ordinal), CancellationToken.None);
}
