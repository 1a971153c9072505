using Nova.Events.Api;
using Nova.Events.CacheProjector;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Schema;
using Nova.Events.ClickHouseSink;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Outbox;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay;
using Nova.Events.Relay.Sessions;
using Npgsql;

namespace Nova.Events.Cli.Up;

/// <summary>What must be there before a role starts: schemas, topics, publications and slot. Idempotent.</summary>
internal sealed class FleetSetup(IEnumerable<KeyValuePair<string, string?>> settings)
{
    private readonly RelayOptions _relay = Settings.Read<RelayOptions>(RelayOptions.Section, settings);
    private readonly KafkaOptions _kafka = Settings.Read<KafkaOptions>(KafkaOptions.Section, settings);
    private readonly TopicOptions _topics = Settings.Read<TopicOptions>(TopicOptions.Section, settings);
    private readonly ClickHouseSinkOptions _sink = Settings.Read<ClickHouseSinkOptions>(ClickHouseSinkOptions.Section, settings);
    private readonly ClickHouseOptions _clickHouse = Settings.Read<ClickHouseOptions>(ClickHouseOptions.Section, settings);

    /// <summary>Sets everything up; returns what it did, a line each.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var done = new List<string>(await UpSchemaAsync(cancellationToken));
        var setup = new TopicSetup(_kafka, _topics);
        var topics = AggregateTypes.All.Select(type => setup.EventTopic(_relay.TopicPrefix + type))
            .Append(setup.EventTopic(_sink.ClientTopic))
            .Concat(Groups().Select(setup.DeadLetterTopic))
            .Concat(SessionStart.OwnTopics);
        var partitions = await setup.EnsureAsync([.. topics], cancellationToken);
        done.Add($"Kafka: {partitions.Count} topics");
        if (await EnsureSlotAsync(cancellationToken)) done.Add($"PostgreSQL: slot {_relay.Slot} created");
        return done;
    }

    /// <summary>A slot that is missing though its source was relayed is lost: one that is made as if it were the first would leave out what was committed meanwhile.</summary>
    /// <exception cref="SlotMissingException">It is lost.</exception>
    private async Task<bool> EnsureSlotAsync(CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(_relay.ConnectionString);
        var slots = new ReplicationSlots(dataSource);
        using var store = new RelayStateStore(_kafka, _relay.Source);
        if (await slots.FindAsync(_relay.Slot, cancellationToken) is null && await store.ReadAsync(cancellationToken) is not null) throw new SlotMissingException(_relay.Slot, null);
        return await slots.EnsureAsync(_relay.Slot, cancellationToken);
    }

    /// <summary>Applies the schema files of both databases and makes the outbox's partitions ahead.</summary>
    public async Task<IReadOnlyList<string>> UpSchemaAsync(CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(_relay.ConnectionString);
        var warnings = new List<string>();
        var applied = await new Outbox.Migrations.SchemaMigrator(dataSource, warnings.Add).UpAsync(PostgresFiles, cancellationToken);
        await using var partitions = dataSource.CreateCommand($"SELECT nova.outbox_create_partitions({OutboxSchema.PartitionDaysAhead})");
        await partitions.ExecuteNonQueryAsync(cancellationToken);
        using var clickHouse = new ClickHouseClient(_clickHouse);
        var tables = await new SchemaMigrator(clickHouse).UpAsync(cancellationToken);
        return [.. applied.Select(name => $"PostgreSQL: {name} applied"), .. warnings.Select(warning => $"PostgreSQL: {warning}"), .. tables.Select(name => $"ClickHouse: {name} applied")];
    }

    /// <summary>What is applied and what is missing, a line each.</summary>
    public async Task<IReadOnlyList<string>> SchemaStatusAsync(CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(_relay.ConnectionString);
        var status = await new Outbox.Migrations.SchemaMigrator(dataSource).StatusAsync(PostgresFiles, cancellationToken);
        using var clickHouse = new ClickHouseClient(_clickHouse);
        var tables = await new SchemaMigrator(clickHouse).StatusAsync(cancellationToken);
        return
        [
            .. status.Applied.Select(file => $"PostgreSQL: {file.Name} applied"),
            .. status.Missing.Select(file => $"PostgreSQL: {file.Name} missing"),
            .. tables.Select(file => $"ClickHouse: {file.Name} {(file.IsChanged ? "changed after it was applied" : file.IsApplied ? "applied" : "missing")}"),
        ];
    }

    /// <summary>The consumer groups; what they can't handle needs a topic that is there before.</summary>
    private IEnumerable<string> Groups()
    {
        yield return _sink.Consumer.Group is { Length: > 0 } sink ? sink : ClickHouseSinkOptions.DefaultGroup;
        yield return Settings.Read<CacheProjectorOptions>(CacheProjectorOptions.Section, settings).Group;
    }

    private static IReadOnlyList<Outbox.Migrations.SchemaFile> PostgresFiles => [.. OutboxSchema.Files, .. SocialSchema.Files];
}
