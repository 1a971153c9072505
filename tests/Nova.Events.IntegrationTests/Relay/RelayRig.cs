using System.Text;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Nova.Events.Postgres.Slots;
using Npgsql;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>A database with an outbox, a slot and topics of its own; relays that are hosted as <c>nova run relay</c> hosts them.</summary>
internal sealed class RelayRig : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly RunningServers _servers;

    private RelayRig(RunningServers servers, string connectionString) =>
        (_servers, DataSource, ConnectionString) = (servers, NpgsqlDataSource.Create(connectionString), connectionString);

    public string Name { get; } = Fresh.Name("relay");

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    public ReplicationSlots Slots => new(DataSource);

    public KafkaOptions Kafka => new() { BootstrapServers = _servers.Kafka };

    public string TopicPrefix => Name + ".event.";

    public static async Task<RelayRig> CreateAsync(RunningServers servers)
    {
        var rig = new RelayRig(servers, await servers.CreateDatabaseAsync());
        await new SchemaMigrator(rig.DataSource).UpAsync(OutboxSchema.Files);
        await rig.Slots.EnsureAsync(rig.Name);
        return rig;
    }

    public Task<RoleHost> StartRelayAsync(params (string Key, string Value)[] further) => RoleHost.StartAsync(
        [Role.All.Single(role => role.Name == "relay")],
        Settings(further),
        0,
        CancellationToken.None);

    private Dictionary<string, string?> Settings((string Key, string Value)[] further)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Relay:ConnectionString"] = ConnectionString,
            ["Relay:Slot"] = Name,
            ["Relay:Source"] = Name,
            ["Relay:TopicPrefix"] = TopicPrefix,
            ["Relay:HeartbeatInterval"] = "00:00:00.2",
            ["Relay:StatusInterval"] = "00:00:00.1",
            ["Kafka:BootstrapServers"] = _servers.Kafka,
            ["Log:Level"] = "Critical",
        };
        foreach (var (key, value) in further) settings[key] = value;
        return settings;
    }

    public async Task<Guid> EmitAsync(string aggregateId, string type = "Happened")
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var id = await transaction.EmitAsync(Message(aggregateId, type));
        await transaction.CommitAsync();
        return id;
    }

    public static OutboxMessage Message(string aggregateId, string type) =>
        new() { AggregateType = "post", AggregateId = aggregateId, Type = type, Payload = "{}"u8.ToArray() };

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What the topics hold once they hold <paramref name="count"/> records or more, each partition in its order.</summary>
    public async Task<IReadOnlyList<ConsumedRecord>> PublishedAsync(int count)
    {
        IReadOnlyList<ConsumedRecord> records = [];
        await UntilAsync(async () => (records = await LogAsync()).Count >= count, () => $"{records.Count} of {count} records were published");
        return records;
    }

    public async Task<IReadOnlyList<ConsumedRecord>> LogAsync()
    {
        var reader = new TopicReader(Kafka);
        var records = new List<ConsumedRecord>();
        foreach (var partition in await reader.SnapshotAsync(topic => topic.StartsWith(TopicPrefix, StringComparison.Ordinal), CancellationToken.None))
            await foreach (var record in reader.ReadAsync(partition, CancellationToken.None)) records.Add(record);
        return records;
    }

    public async Task<ulong> ConfirmedAsync() => (await Slots.FindAsync(Name))!.ConfirmedLsn!.Value;

    public async Task<ulong> WalEndAsync()
    {
        await using var command = DataSource.CreateCommand("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint");
        return (ulong)(long)(await command.ExecuteScalarAsync())!;
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException(otherwise());
            await poll.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes ?? []);

    public async ValueTask DisposeAsync()
    {
        // A relay that was stopped may hold the slot a moment longer.
        await UntilAsync(
            async () =>
            {
                try
                {
                    await Slots.DropAsync(Name);
                    return true;
                }
                catch (SlotInUseException)
                {
                    return false;
                }
            },
            () => "the slot is still in use");
        await DataSource.DisposeAsync();
    }
}
