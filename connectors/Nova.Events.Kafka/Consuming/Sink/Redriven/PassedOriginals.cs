namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>
/// Whether the group has committed past the originals of letters. A letter is written before that: until then the original's own partition may insert the
/// record itself (a new encoder takes it, or an intent names it), and the table can't say so yet. Never so where nobody will: the group does not read the
/// topic, the log no longer holds the record, or the topic is gone: one answer of the cluster without it is not believed.
/// </summary>
internal sealed class PassedOriginals(RetryTarget target, SinkSession session)
{
    private const int QuietAttempts = 10;
    private const int AnswersUntilGone = 3;
    private readonly Dictionary<(string Topic, int Partition), PartitionSnapshot> _logs = [];
    private readonly Dictionary<(string Topic, int Partition), long> _committed = [];

    /// <summary>Answers in a row that a topic was not in.</summary>
    private readonly Dictionary<string, int> _absences = [];

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
        return unknown.Count == 0 ? Task.FromResult<OriginalPlace?>(null) : session.AskAsync("Kafka", () => AskAsync(unknown, cancellationToken), cancellationToken);
    }

    private async Task<OriginalPlace?> AskAsync(List<OriginalPlace> places, CancellationToken cancellationToken)
    {
        var topics = places.Select(static place => place.Topic).ToHashSet(StringComparer.Ordinal);
        var logs = await session.Log.SnapshotAsync(topics.Contains, cancellationToken);
        foreach (var topic in topics) Note(topic, [.. logs.Where(log => log.Topic == topic)]);
        foreach (var (partition, offset) in await session.Log.CommittedAsync(session.Options.Group, logs, cancellationToken)) _committed[partition] = offset;
        foreach (var place in places)
            if (IsAhead(place)) return place;
        return null;
    }

    private void Note(string topic, IReadOnlyList<PartitionSnapshot> partitions)
    {
        // What is known of a topic that is gone, or was made again, is void.
        foreach (var known in _logs.Keys.Where(known => known.Topic == topic).ToList()) _logs.Remove(known);
        foreach (var log in partitions) _logs[(topic, log.Partition)] = log;
        _absences[topic] = partitions.Count > 0 ? 0 : _absences.GetValueOrDefault(topic) + 1;
    }

    private bool IsAhead(in OriginalPlace place) => _logs.TryGetValue((place.Topic, place.Partition), out var log)
        ? place.Offset >= log.First && place.Offset < log.End && !IsPassed(place)
        : _absences[place.Topic] is > 0 and < AnswersUntilGone;

    private bool IsPassed(in OriginalPlace place) => !IsBeyondLog(place) && place.Offset < _committed.GetValueOrDefault((place.Topic, place.Partition));
}
