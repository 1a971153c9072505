namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>
/// Whether the group has committed past the originals of letters. A letter is written before that: until then the original's own partition may insert the
/// record itself (a new encoder takes it, or an intent names it), and the table can't say so yet. Never so where nobody will: the group does not read the
/// topic, or the log no longer holds the record.
/// </summary>
internal sealed class PassedOriginals(RetryTarget target, SinkSession session)
{
    private const int QuietAttempts = 10;
    private readonly Dictionary<(string Topic, int Partition), PartitionSnapshot> _logs = [];
    private readonly Dictionary<(string Topic, int Partition), long> _committed = [];

    /// <summary>Returns once none of the records is to come from its own partition.</summary>
    public async Task WaitAsync(IReadOnlyCollection<OriginalPlace> places, CancellationToken cancellationToken)
    {
        for (var attempt = 1; await AheadAsync(places, cancellationToken) is { } ahead; attempt++)
        {
            if (attempt > QuietAttempts) KafkaLog.RedriveStillWaits(session.Logger, target.Name, ahead.Topic, ahead.Partition, ahead.Offset, attempt);
            else KafkaLog.RedriveWaits(session.Logger, target.Name, ahead.Topic, ahead.Partition, ahead.Offset, attempt);
            await Task.Delay(session.Options.DelayBefore(attempt), session.Time, cancellationToken);
        }
    }

    /// <summary>After the wait: true where the log has not come so far, since it is another topic's of the same name. A record will stand at that place.</summary>
    public bool IsBeyondLog(in OriginalPlace place) => _logs.TryGetValue((place.Topic, place.Partition), out var log) && place.Offset >= log.End;

    private Task<OriginalPlace?> AheadAsync(IReadOnlyCollection<OriginalPlace> places, CancellationToken cancellationToken)
    {
        var unknown = places.Where(place => !IsPassed(place) && session.Options.Reads(place.Topic)).ToList();
        return unknown.Count == 0 ? Task.FromResult<OriginalPlace?>(null) : session.AskAsync(target, () => AskAsync(unknown, cancellationToken), cancellationToken);
    }

    private async Task<OriginalPlace?> AskAsync(List<OriginalPlace> places, CancellationToken cancellationToken)
    {
        var topics = places.Select(static place => place.Topic).ToHashSet(StringComparer.Ordinal);
        var logs = await session.Log.SnapshotAsync(topics.Contains, cancellationToken);
        foreach (var log in logs) _logs[(log.Topic, log.Partition)] = log;
        foreach (var (partition, offset) in await session.Log.CommittedAsync(session.Options.Group, logs, cancellationToken)) _committed[partition] = offset;
        foreach (var place in places)
            if (_logs.TryGetValue((place.Topic, place.Partition), out var log) && place.Offset >= log.First && place.Offset < log.End && !IsPassed(place)) return place;
        return null;
    }

    private bool IsPassed(in OriginalPlace place) => !IsBeyondLog(place) && place.Offset < _committed.GetValueOrDefault((place.Topic, place.Partition));
}
