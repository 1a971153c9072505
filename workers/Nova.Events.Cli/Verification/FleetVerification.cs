using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Verification;
using Nova.Events.ClickHouseSink;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Relay;
using Npgsql;

namespace Nova.Events.Cli.Verification;

/// <summary>Holds every hop against the one before it: outbox against Kafka, Kafka against ClickHouse, the view against its tables.</summary>
internal sealed class FleetVerification(IEnumerable<KeyValuePair<string, string?>> settings)
{
    private readonly RelayOptions _relay = Settings.Read<RelayOptions>(RelayOptions.Section, settings);
    private readonly KafkaOptions _kafka = Settings.Read<KafkaOptions>(KafkaOptions.Section, settings);
    private readonly ClickHouseOptions _clickHouse = Settings.Read<ClickHouseOptions>(ClickHouseOptions.Section, settings);
    private readonly ClickHouseSinkOptions _sink = Settings.Read<ClickHouseSinkOptions>(ClickHouseSinkOptions.Section, settings);

    /// <summary>Reads all that the hops hold now. Events that are still on their way count as missing: verify a drained fleet, or again.</summary>
    /// <param name="acceptedIds">Client events that were accepted; null where nobody noted them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<VerificationReport> RunAsync(IReadOnlyCollection<Guid>? acceptedIds, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(_relay.ConnectionString);
        using var clickHouse = new ClickHouseClient(_clickHouse);
        var reader = new TopicReader(_kafka);
        var domain = new LogVerifier("outbox → Kafka");
        await domain.ExpectAsync(WrittenEvents.OfOutboxAsync(dataSource, cancellationToken), cancellationToken);
        var client = new LogVerifier("accepted → Kafka");
        if (acceptedIds is not null) await client.ExpectAsync(WrittenEvents.OfIdsAsync(acceptedIds), cancellationToken);

        var domainContent = new List<PartitionContent>();
        foreach (var partition in await reader.SnapshotAsync(topic => topic.StartsWith(_relay.TopicPrefix, StringComparison.Ordinal), cancellationToken))
            domainContent.Add(await domain.ReadAsync(reader.ReadAsync(partition, cancellationToken), cancellationToken));
        var clientContent = new List<PartitionContent>();
        foreach (var partition in await reader.SnapshotAsync(topic => topic == _sink.ClientTopic, cancellationToken))
            clientContent.Add(await client.ReadClientEventsAsync(reader.ReadAsync(partition, cancellationToken), _sink.EventIdWindow, cancellationToken));

        var deadLetters = await DeadLettersAsync(reader, cancellationToken);
        var tables = new TableVerifier(clickHouse);
        return new VerificationReport(
        [
            domain.Finish(),
            client.Finish(),
            await tables.CompareAsync(_sink.DomainTable, domainContent, deadLetters, cancellationToken),
            await tables.CompareAsync(_sink.ClientTable, clientContent, deadLetters, cancellationToken),
            await tables.CompareMetricsAsync(cancellationToken),
        ]);
    }

    private async Task<HashSet<(string Topic, int Partition, long Offset)>> DeadLettersAsync(TopicReader reader, CancellationToken cancellationToken)
    {
        var group = _sink.Consumer.Group.Length == 0 ? ClickHouseSinkOptions.DefaultGroup : _sink.Consumer.Group;
        var letters = new HashSet<(string, int, long)>();
        foreach (var partition in await reader.SnapshotAsync(topic => topic == Topics.DeadLetters(group), cancellationToken))
        {
            await foreach (var letter in reader.ReadAsync(partition, cancellationToken))
                if (DeadLetterOrigin.Of(letter) is { } origin) letters.Add(origin);
        }

        return letters;
    }
}
