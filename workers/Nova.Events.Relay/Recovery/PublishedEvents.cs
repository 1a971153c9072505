using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Parking;

namespace Nova.Events.Relay.Recovery;

/// <summary>Looks through what a source has published.</summary>
internal sealed class PublishedEvents(KafkaOptions kafka, RelayOptions options)
{
    /// <summary>The outbox messages of the source, published since <paramref name="since"/>; all that Kafka holds without it.</summary>
    public async IAsyncEnumerable<(ConsumedRecord Record, Position Position)> ReadAsync(
        DateTimeOffset? since, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in RecordsAsync(since, cancellationToken))
            if (record.TryGetHeader(HeaderNames.Position, out var header) && SourcePosition.TryParse(header, out var position) && position.Source == options.Source)
                yield return (record, position.Position);
    }

    /// <summary>The ids of those, of what was published without positions by polling, and of what is parked: whatever must not be published again.</summary>
    public async Task<HashSet<Guid>> IdsAsync(DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var ids = new HashSet<Guid>();
        // Another source's ids do no harm: they are nobody's here.
        await foreach (var record in RecordsAsync(since, cancellationToken))
            if (IdOf(record.Header(HeaderNames.Id)) is { } id) ids.Add(id);
        await foreach (var parked in ParkingLot.RecordsAsync(kafka, options.Source, cancellationToken))
            if (parked.Headers.FirstOrDefault(header => header.Name == HeaderNames.Id).Value is { } bytes && IdOf(System.Text.Encoding.UTF8.GetString(bytes)) is { } id) ids.Add(id);
        return ids;
    }

    /// <summary>The last record in each partition, captured tables included.</summary>
    public async Task<Dictionary<(string Topic, int Partition), Tail>> TailsAsync(CancellationToken cancellationToken)
    {
        var topics = (await PartitionsAsync(topic => IsOutbox(topic) || options.Capture.Holds(topic), cancellationToken)).CountBy(partition => partition.Topic).ToDictionary(StringComparer.Ordinal);
        return await Task.Run(() => new TailReader(kafka).Read(options.Source, topics, cancellationToken), cancellationToken);
    }

    private async IAsyncEnumerable<ConsumedRecord> RecordsAsync(DateTimeOffset? since, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (reader, partitions) = (new TopicReader(kafka), await PartitionsAsync(IsOutbox, cancellationToken));
        if (since is { } time) partitions = await reader.SinceAsync(partitions, time, cancellationToken);
        foreach (var partition in partitions)
            await foreach (var record in reader.ReadAsync(partition, cancellationToken)) yield return record;
    }

    public static Guid? IdOf(string? text) => Guid.TryParse(text, out var id) ? id : null;

    private Task<IReadOnlyList<PartitionSnapshot>> PartitionsAsync(Predicate<string> topics, CancellationToken cancellationToken) =>
        new TopicReader(kafka).SnapshotAsync(topics, cancellationToken);

    private bool IsOutbox(string topic) => topic.StartsWith(options.TopicPrefix, StringComparison.Ordinal) || options.Routes.Values.Any(route => route.Topic == topic);
}
