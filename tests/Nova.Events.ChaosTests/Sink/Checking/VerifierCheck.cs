using Nova.Events.Cli.Verification;
using Nova.Events.ClickHouse.Verification;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming;

namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>The same comparison by the product's own verifier, as <c>nova verify</c> makes it: it must come to the same, and it must see what it is made to see.</summary>
internal sealed class VerifierCheck(SinkFleet fleet)
{
    private readonly TopicReader _reader = new(fleet.Kafka);
    private readonly TableVerifier _tables = new(fleet.ClickHouse);

    /// <summary>Log against tables, tables against the view.</summary>
    public async Task<IReadOnlyList<HopReport>> RunAsync(CancellationToken cancellationToken)
    {
        var letters = await DeadLetterPlaces.ReadAsync(_reader, SinkFleet.Group, cancellationToken);
        return
        [
            await CompareAsync("outbox_events", SinkFleet.DomainTopic, letters, withheld: null, cancellationToken),
            await CompareAsync("events_raw", Topics.ClientEvents, letters, withheld: null, cancellationToken),
            await _tables.CompareMetricsAsync(cancellationToken),
        ];
    }

    /// <summary>True if it sees a row whose record is withheld from it, and misses a record whose dead letter is withheld.</summary>
    public async Task<bool> CanFailAsync(CancellationToken cancellationToken)
    {
        var letters = await DeadLetterPlaces.ReadAsync(_reader, SinkFleet.Group, cancellationToken);
        var known = letters.First(letter => letter.Topic == Topics.ClientEvents);
        letters.Remove(known);
        var stored = await fleet.ClickHouse.QueryAsync(
            $"SELECT _partition, _offset FROM events_raw WHERE _topic = '{Topics.ClientEvents}' AND _offset > 100 LIMIT 1",
            static row => (Topics.ClientEvents, row.GetProperty("_partition").GetInt32(), row.GetProperty("_offset").GetInt64()), parameters: null, cancellationToken);
        var report = await CompareAsync("events_raw", Topics.ClientEvents, letters, stored[0], cancellationToken);
        return report is { Missing: 1, Doubled: 1 };
    }

    private async Task<HopReport> CompareAsync(
        string table, string topic, HashSet<(string Topic, int Partition, long Offset)> letters, (string Topic, int Partition, long Offset)? withheld, CancellationToken cancellationToken)
    {
        var (log, contents) = (new LogVerifier(), new List<PartitionContent>());
        foreach (var partition in await _reader.SnapshotAsync(name => name == topic, cancellationToken))
        {
            var records = _reader.ReadAsync(partition, cancellationToken).Where(record => (record.Topic, record.Partition, record.Offset) != withheld);
            contents.Add(topic == Topics.ClientEvents
                ? await log.ReadClientEventsAsync(records, SinkFleet.EventIdWindow, cancellationToken)
                : await log.ReadAsync(records, cancellationToken));
        }

        return await _tables.CompareAsync(table, contents, letters, cancellationToken);
    }
}
