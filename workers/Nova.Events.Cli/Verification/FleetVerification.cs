using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Verification;
using Nova.Events.ClickHouseSink;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay;
using Npgsql;

namespace Nova.Events.Cli.Verification;

/// <summary>Holds every hop against the one before it: outbox against Kafka, Kafka against ClickHouse, the view against its tables.</summary>
internal sealed class FleetVerification(IEnumerable<KeyValuePair<string, string?>> settings)
{
    private static readonly TimeSpan TableLimit = TimeSpan.FromMinutes(30);
    private const int MetricAttempts = 20;
    private static readonly TimeSpan RelayLimit = TimeSpan.FromSeconds(30);
    private readonly RelayOptions _relay = Settings.Read<RelayOptions>(RelayOptions.Section, settings);
    private readonly KafkaOptions _kafka = Settings.Read<KafkaOptions>(KafkaOptions.Section, settings);
    private readonly ClickHouseOptions _clickHouse = Settings.Read<ClickHouseOptions>(ClickHouseOptions.Section, settings);
    private readonly ClickHouseSinkOptions _sink = Settings.Read<ClickHouseSinkOptions>(ClickHouseSinkOptions.Section, settings);

    /// <summary>Reads all that the hops hold now. What the sink has not committed past yet is told apart, as on its way.</summary>
    /// <param name="acceptedIds">Client events that were accepted; null where nobody noted them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<VerificationReport> RunAsync(IReadOnlyCollection<Guid>? acceptedIds, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(_relay.ConnectionString);
        _clickHouse.QueryTimeout = TableLimit;
        using var clickHouse = new ClickHouseClient(_clickHouse);
        var reader = new TopicReader(_kafka);
        var domain = new LogVerifier("outbox → Kafka");
        await domain.ExpectAsync(WrittenEvents.OfOutboxAsync(dataSource, cancellationToken), cancellationToken);
        var client = new LogVerifier("accepted → Kafka");
        if (acceptedIds is not null) await client.ExpectAsync(WrittenEvents.OfIdsAsync(acceptedIds), cancellationToken);

        await UntilRelayedAsync(dataSource, cancellationToken);
        var domainContent = await ReadAsync(reader, topic => topic.StartsWith(_relay.TopicPrefix, StringComparison.Ordinal), domain.ReadAsync, cancellationToken);
        var clientContent = await ReadAsync(
            reader, topic => topic == _sink.ClientTopic, (records, stop) => client.ReadClientEventsAsync(records, _sink.EventIdWindow, stop), cancellationToken);
        var deadLetters = await DeadLetterPlaces.ReadAsync(reader, Group, cancellationToken);
        var tables = new TableVerifier(clickHouse);
        return new VerificationReport(
        [
            domain.Finish(),
            client.Finish(),
            await tables.CompareAsync(_sink.DomainTable, domainContent, deadLetters, cancellationToken),
            await tables.CompareAsync(_sink.ClientTable, clientContent, deadLetters, cancellationToken),
            await MetricsAsync(tables, cancellationToken),
        ]);
    }

    /// <summary>Records that the sink has not committed past, once everything committed by now is in Kafka.</summary>
    public async Task<long> OnTheWayAsync(CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(_relay.ConnectionString);
        await UntilRelayedAsync(dataSource, cancellationToken);
        var reader = new TopicReader(_kafka);
        var partitions = await reader.SnapshotAsync(topic => topic.StartsWith(_relay.TopicPrefix, StringComparison.Ordinal) || topic == _sink.ClientTopic, cancellationToken);
        var committed = await reader.CommittedAsync(Group, partitions, cancellationToken);
        return partitions.Sum(partition => Math.Max(0, partition.End - committed.GetValueOrDefault((partition.Topic, partition.Partition), partition.First)));
    }

    /// <summary>Waits until the relay has confirmed what was committed before: then it is in Kafka. A relay that stands still is found by what is missing.</summary>
    private async Task UntilRelayedAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var end = await Lsn.CurrentAsync(dataSource, cancellationToken);
        var slots = new ReplicationSlots(dataSource);
        using var limit = new CancellationTokenSource(RelayLimit);
        while (!limit.IsCancellationRequested && (await slots.FindAsync(_relay.Slot, cancellationToken))?.ConfirmedLsn < end)
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
    }

    /// <summary>
    /// Reads the partitions, and leaves out of the comparison with the tables what the sink has not committed past. The log is read before the commits and the
    /// commits before the tables: what is compared was inserted before it is looked for.
    /// </summary>
    private async Task<List<PartitionContent>> ReadAsync(
        TopicReader reader, Predicate<string> topics, Func<IAsyncEnumerable<ConsumedRecord>, CancellationToken, Task<PartitionContent>> verify, CancellationToken cancellationToken)
    {
        var partitions = await reader.SnapshotAsync(topics, cancellationToken);
        var contents = new List<PartitionContent>();
        foreach (var partition in partitions) contents.Add(await verify(reader.ReadAsync(partition, cancellationToken), cancellationToken));
        var committed = await reader.CommittedAsync(Group, partitions, cancellationToken);
        foreach (var content in contents)
            if (content.Topic is { } topic) content.KeepBelow(committed.GetValueOrDefault((topic, content.Partition)));
        return contents;
    }

    /// <summary>A table and its view are not read at one instant: while rows come in, a difference counts only if it stays.</summary>
    private static async Task<HopReport> MetricsAsync(TableVerifier tables, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var report = await tables.CompareMetricsAsync(cancellationToken);
            if (report.Ok || attempt == MetricAttempts) return report;
            await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
        }
    }

    private string Group => _sink.Consumer.Group.Length == 0 ? ClickHouseSinkOptions.DefaultGroup : _sink.Consumer.Group;
}
