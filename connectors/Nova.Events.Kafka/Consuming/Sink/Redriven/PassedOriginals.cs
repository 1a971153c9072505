namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>
/// Whether the group has committed past the originals of letters. A letter is written before that: until then the original's own partition may insert the
/// record itself (a new encoder takes it, or an intent names it), and the table can't say so yet. Never so where nobody will: the group does not read the
/// topic, or the log no longer holds the record.
/// </summary>
internal sealed class PassedOriginals(RetryTarget target, SinkSession session)
{
    private readonly Dictionary<(string Topic, int Partition), long> _committed = [];

    /// <summary>Returns once none of the records is to come from its own partition.</summary>
    public async Task WaitAsync(IReadOnlyCollection<OriginalPlace> places, CancellationToken cancellationToken)
    {
        for (var attempt = 1; await AheadAsync(places, cancellationToken) is { } ahead; attempt++)
        {
            KafkaLog.RedriveWaits(session.Logger, target.Name, ahead.Topic, ahead.Partition, ahead.Offset, attempt);
            await Task.Delay(session.Options.DelayBefore(attempt), session.Time, cancellationToken);
        }
    }

    private Task<OriginalPlace?> AheadAsync(IReadOnlyCollection<OriginalPlace> places, CancellationToken cancellationToken)
    {
        var unknown = places.Where(place => IsAhead(place) && session.Options.Reads(place.Topic)).ToList();
        return unknown.Count == 0 ? Task.FromResult<OriginalPlace?>(null) : session.AskAsync(target, () => AskAsync(unknown, cancellationToken), cancellationToken);
    }

    private async Task<OriginalPlace?> AskAsync(List<OriginalPlace> places, CancellationToken cancellationToken)
    {
        var topics = places.Select(static place => place.Topic).ToHashSet(StringComparer.Ordinal);
        var logs = (await session.Log.SnapshotAsync(topics.Contains, cancellationToken)).ToDictionary(static log => (log.Topic, log.Partition));
        foreach (var (partition, offset) in await session.Log.CommittedAsync(session.Options.Group, logs.Values, cancellationToken)) _committed[partition] = offset;
        foreach (var place in places)
            if (IsAhead(place) && logs.TryGetValue((place.Topic, place.Partition), out var log) && place.Offset >= log.First && place.Offset < log.End) return place;
        return null;
    }

    private bool IsAhead(in OriginalPlace place) => place.Offset >= _committed.GetValueOrDefault((place.Topic, place.Partition));
}
