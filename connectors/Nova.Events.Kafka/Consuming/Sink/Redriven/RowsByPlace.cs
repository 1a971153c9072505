using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>
/// Which records of a range of the retry topic have their row: the tables are asked for the originals' places, once all ranges below are in and nobody else
/// is about to insert them. So a letter gets in once, however often and however far apart it is redriven.
/// </summary>
internal sealed class RowsByPlace(RetryTarget target, CommitMark committed, SinkSession session, CancellationToken draining) : IHeldRows
{
    private const string IsAnothers = "The place that the record came from is another record's: the topic was made again under the same name.";
    private readonly PassedOriginals _originals = new(target, session);

    /// <exception cref="OperationCanceledException">The lane is to end: nothing of the range is intended yet.</exception>
    public async Task<HeldRows> HeldAsync(JudgedRange judged, RecordBatch kept, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, draining);
        return await AskAsync(judged, kept, either.Token);
    }

    private async Task<HeldRows> AskAsync(JudgedRange judged, RecordBatch kept, CancellationToken cancellationToken)
    {
        var letters = LettersOf(judged.Range, kept);
        await committed.ReachedAsync(judged.Range.First, cancellationToken);
        await _originals.WaitAsync([.. letters.Values], cancellationToken);
        await session.WaitForInsertsAsync(target, judged.Range, cancellationToken);
        var stored = await session.AskTableAsync(target, () => StoredAsync(letters.Values, cancellationToken), cancellationToken);
        var (held, strangers) = (new List<long>(), new List<RejectedRecord>());
        foreach (var record in kept)
        {
            if (!letters.TryGetValue(record.Offset, out var place)) continue;
            var row = stored.TryGetValue((place.Topic, place.Partition, place.Offset), out var timestamp) ? timestamp : (long?)null;
            if (row is null && !_originals.IsBeyondLog(place)) continue;
            held.Add(record.Offset);
            if (row != place.Timestamp) strangers.Add(new RejectedRecord(record, IsAnothers));
        }

        return new HeldRows(OffsetSpans.Of(held), strangers);
    }

    private static Dictionary<long, OriginalPlace> LettersOf(OffsetRange range, RecordBatch kept)
    {
        var letters = new Dictionary<long, OriginalPlace>();
        foreach (var record in kept)
            if (record.Offset >= range.First && record.Offset <= range.Last && OriginalPlace.Of(record) is { } place) letters.Add(record.Offset, place);
        return letters;
    }

    /// <returns>Timestamps in Unix milliseconds, by place.</returns>
    private async Task<Dictionary<(string Topic, int Partition, long Offset), long>> StoredAsync(
        IEnumerable<OriginalPlace> places, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<(string, int, long), long>();
        foreach (var partition in places.GroupBy(static place => (place.Topic, place.Partition)))
        {
            var (topic, number) = partition.Key;
            var offsets = partition.Select(static place => place.Offset).Order().ToList();
            foreach (var row in await target.StoredAsync(topic, number, offsets, cancellationToken)) stored[(topic, number, row.Offset)] = row.Timestamp.ToUnixTimeMilliseconds();
        }

        return stored;
    }
}
