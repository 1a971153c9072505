using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Relay;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>A database, a slot, a source and topics of a test's own, and relays between them.</summary>
internal sealed class RelayRig : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings;

    private RelayRig(RunningServers servers, OutboxDatabase database)
    {
        (Database, Kafka) = (database, new KafkaOptions { BootstrapServers = servers.Kafka });
        LogFile = Path.Combine(servers.Folder, Source + ".log");
        _settings = new()
        {
            ["Relay:ConnectionString"] = database.ConnectionString,
            ["Relay:Slot"] = database.Slot,
            ["Relay:Source"] = Source,
            ["Relay:TopicPrefix"] = TopicPrefix,
            ["Relay:Capture:TopicPrefix"] = CapturePrefix,
            ["Relay:Snapshots:Initial"] = "Never",
            ["Relay:HeartbeatInterval"] = "00:00:00.2",
            ["Relay:HeartbeatTimeout"] = "00:00:20",
            ["Relay:StatusInterval"] = "00:00:00.1",
            ["Relay:MaxReconnectDelay"] = "00:00:00.5",
            ["Kafka:BootstrapServers"] = servers.Kafka,
            ["Log:File"] = LogFile,
        };
    }

    public OutboxDatabase Database { get; }

    public KafkaOptions Kafka { get; }

    public string Source { get; } = Fresh.Name("relay");

    public string TopicPrefix => Source + ".event.";

    public string CapturePrefix => Source + ".cdc.";

    public string LogFile { get; }

    public IReadOnlyCollection<KeyValuePair<string, string?>> Settings => _settings;

    public static async Task<RelayRig> CreateAsync(RunningServers servers) => new(servers, await OutboxDatabase.CreateAsync(servers, withSlot: true));

    /// <summary>With a database on a server of the test's own.</summary>
    public static async Task<RelayRig> CreateAsync(RunningServers servers, string connectionString) => new(servers, await OutboxDatabase.CreateAsync(connectionString, withSlot: true));

    /// <summary>A relay in this process; <paramref name="further"/> settings win.</summary>
    public Task<RoleHost> StartAsync(params (string Key, string Value)[] further)
    {
        var settings = new Dictionary<string, string?>(_settings);
        foreach (var (key, value) in further) settings[key] = value;
        return RoleHost.StartAsync([Role.All.Single(role => role.Name == "relay")], settings, port: 0, CancellationToken.None);
    }

    /// <summary>Stops a relay as SIGTERM would.</summary>
    public static async Task StopAsync(RoleHost relay)
    {
        await relay.StopAsync();
        await relay.DisposeAsync();
    }

    public static RelayProgress ProgressOf(RoleHost relay) => relay.Services.GetRequiredService<RelayProgress>();

    public static Task<string> StateAsync(RoleHost relay, string state) => Eventually.LocalAsync(() => ProgressOf(relay).State, now => now == state);

    /// <summary>All records of its topics by position, once there are <paramref name="count"/>; or what there is when the patience ends.</summary>
    public Task<List<ConsumedRecord>> LogAsync(int count) => Eventually.ValueAsync(() => ReadLogAsync(TopicPrefix), records => records.Count >= count);

    /// <summary>All records of captured tables by position, as <see cref="LogAsync"/>.</summary>
    public Task<List<ConsumedRecord>> CapturedAsync(int count) => Eventually.ValueAsync(() => ReadLogAsync(CapturePrefix), records => records.Count >= count);

    /// <summary>Records that its topics hold.</summary>
    public async Task<long> LoggedAsync() => (await PartitionsAsync(TopicPrefix)).Sum(partition => partition.End - partition.First);

    public async Task<ulong?> ConfirmedAsync() => (await Database.Slots.FindAsync(Database.Slot))!.ConfirmedLsn;

    public async Task<ulong> WalEndAsync() => ulong.Parse(await Database.ScalarAsync<string>("SELECT (pg_current_wal_insert_lsn() - '0/0')::text"), System.Globalization.CultureInfo.InvariantCulture);

    public static Position PositionOf(ConsumedRecord record)
    {
        record.TryGetHeader(HeaderNames.Position, out var header);
        return SourcePosition.TryParse(header, out var position) ? position.Position : throw new FormatException($"{record} has no position.");
    }

    public static string TypeOf(ConsumedRecord record) => record.Header(HeaderNames.EventType)!;

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private async Task<List<ConsumedRecord>> ReadLogAsync(string prefix)
    {
        var (records, reader) = (new List<ConsumedRecord>(), new TopicReader(Kafka));
        foreach (var partition in await PartitionsAsync(prefix))
            await foreach (var record in reader.ReadAsync(partition, CancellationToken.None)) records.Add(record);
        return [.. records.OrderBy(PositionOf)];
    }

    private Task<IReadOnlyList<PartitionSnapshot>> PartitionsAsync(string prefix) =>
        new TopicReader(Kafka).SnapshotAsync(topic => topic.StartsWith(prefix, StringComparison.Ordinal), CancellationToken.None);
}
