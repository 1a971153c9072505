using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>The partitions that a handler consumer has; all but <see cref="Read"/> on the poll thread.</summary>
internal sealed class HandlerPartitions(KeyLane[] lanes, HandlerConsumerOptions options, IGroupMember member, ILogger logger, TimeProvider time)
    : IPartitionWork
{
    private readonly ConcurrentDictionary<TopicPartition, PartitionTrack> _tracks = new();
    private readonly ConcurrentDictionary<TopicPartition, long> _logEnds = new();
    private readonly TakenBlockPool _pool = new(options.MaxBufferedBytes);
    private readonly BackPressure _pressure = new(options.MaxBufferedBytes, options.MaxPartitionBytes, time);
    private readonly string _retryTopic = Topics.Retry(options.Group);
    private PartitionTrack[] _all = [];
    private PartitionTrack? _last;
    private readonly ParkReleases _releases = new(member, Topics.Retry(options.Group), time);
    private readonly HeldPartitions _held = new(options.Group, logger);
    private bool _isDraining;

    public HandlerState? State { get; init; }

    /// <summary>What runs the lanes; one that ends in a fault ends the membership.</summary>
    public Task[] Running { get; set; } = [];

    public bool IsDrained => Array.TrueForAll(_all, static track => track.IsIdle);

    public IReadOnlyList<TopicPartitionOffset> Assigned(IReadOnlyList<AssignedPartition> partitions)
    {
        var (starts, ends) = (new List<TopicPartitionOffset>(partitions.Count), EndsToStartAt(partitions));
        foreach (var assigned in partitions)
        {
            if (_held.Hold(assigned) is { } held)
            {
                starts.Add(held);
                continue;
            }

            var (topic, partition) = (assigned.Partition.Topic, assigned.Partition.Partition.Value);
            var start = assigned.Committed.Offset ?? (ends.TryGetValue(assigned.Partition, out var end) ? end : assigned.LogStart);
            if (assigned.LogStart > start) KafkaLog.RetentionOvertook(logger, topic, partition, start, assigned.LogStart);
            var state = CommittedState.Parse(assigned.Committed.Metadata, start);
            start = Math.Max(start, assigned.LogStart);
            KafkaLog.Assigned(logger, options.Group, topic, partition, start, intentLast: null);
            var setting = SettingOf(assigned.Partition);
            _tracks[assigned.Partition] = new PartitionTrack(assigned.Partition, start, state, setting);
            if (assigned.LogEnd != long.MaxValue) _logEnds[assigned.Partition] = assigned.LogEnd;
            // The ids before it are read again, so that their repeats are known.
            var window = setting.IsRetryTopic ? RetryWindow.Offsets : setting.EventIdWindow ?? 0;
            starts.Add(new TopicPartitionOffset(assigned.Partition, Math.Max(assigned.LogStart, start - window)));
        }

        Changed();
        State?.Works();
        if (partitions.Count > 0) ConsumerMetrics.Rebalances.Add(1, new("group", options.Group), new("kind", "assigned"));
        return starts;
    }

    public void Revoked(IReadOnlyList<TopicPartition> partitions, TimeSpan patience)
    {
        var tracks = Take(partitions);
        var started = time.GetTimestamp();
        foreach (var track in tracks) track.Sweep();
        while (tracks.Exists(track => !track.IsIdle) && time.GetElapsedTime(started) < patience)
        {
            foreach (var lane in lanes) lane.Tick();
            member.Yield();
            foreach (var track in tracks) track.Sweep();
        }

        // Before the commit, so that it stays true.
        foreach (var track in tracks) _ = CloseAsync(track);
        foreach (var lane in lanes) lane.Forget();
        try
        {
            // Stored too: when it lets partitions go the client commits what was stored last, over whatever is committed.
            List<CommittedOffset> last = [.. tracks.Select(track => track.Advance(sinceStart: true)).OfType<CommittedOffset>()];
            member.Store(last);
            member.Commit(last);
        }
        catch (KafkaException exception)
        {
            KafkaLog.ClientError(logger, options.Group, exception.Error.Code.ToString(), "What was handled last could not be committed and is handled again: " + exception.Error.Reason);
        }

        Log(tracks, "revoked", "drained");
    }

    public void Lost(IReadOnlyList<TopicPartition> partitions)
    {
        var tracks = Take(partitions);
        foreach (var track in tracks) _ = CloseAsync(track);
        foreach (var lane in lanes) lane.Forget();
        Log(tracks, "lost", "lost");
    }

    public void Take(TopicPartition partition, in FetchedRecord record)
    {
        if (_isDraining || TrackOf(partition) is not { } track) return;
        if (track.Take(record) is not { } taken)
        {
            if (record.Offset < track.Start) return;
            ConsumerMetrics.Repeats.Add(1, new("group", options.Group), new("topic", partition.Topic));
            return;
        }

        lanes[LaneOf(track, taken.Record)].Add(taken);
    }

    public void EndOfBatch()
    {
        foreach (var lane in lanes) lane.HandOver();
        foreach (var track in _all) track.Sweep();
    }

    public void ReachedEnd(TopicPartition partition, long nextOffset)
    {
        if (!_isDraining && TrackOf(partition) is { } track) track.ReachedEnd(nextOffset);
    }

    public void NotFetched(TopicPartition partition, Error error) => TrackOf(partition)?.NotFetched($"{error.Code}: {error.Reason}");

    // Once for all that moved since the last tick: storing each record's offset halves the rate (measured: docs/performance.md).
    public void Tick()
    {
        // A lane that nobody runs would hold up its keys for ever, and nobody would know.
        if (Array.Find(Running, static lane => lane.IsFaulted) is { } faulted) faulted.GetAwaiter().GetResult();
        var moved = new List<CommittedOffset>();
        foreach (var track in _all)
        {
            if (track.Advance() is { } offset) moved.Add(offset);
            if (member.KnownEnd(track.Partition) is { } end) _logEnds[track.Partition] = end;
            track.Observe(EndOf(track));
        }

        member.Store(moved);
        foreach (var lane in lanes) lane.Tick();
        if (!_isDraining) _pressure.Apply(_all, member);
        _held.Tick(member.Pause);
        _releases.Tick(_all);
        State?.Ticked();
    }

    public void BeginDrain() => _isDraining = true;

    /// <summary>After the poll thread has ended: whatever is unfinished is left to be redelivered.</summary>
    public void Close() => Lost([.. _tracks.Keys]);

    public IEnumerable<PartitionReading> Read() => _tracks.Values.Select(track => track.Read(EndOf(track))).Concat(_held.Read());

    private long? EndOf(PartitionTrack track) => _logEnds.TryGetValue(track.Partition, out var end) ? end : null;

    private TrackSetting SettingOf(TopicPartition partition)
    {
        var (topic, isRetry) = (partition.Topic, partition.Topic == _retryTopic);
        int? window = !isRetry && options.EventIdWindows.TryGetValue(topic, out var offsets) ? offsets : null;
        return new TrackSetting(_pool, isRetry ? null : options.PolicyOf(topic), isRetry, time, window, source =>
            KafkaLog.SourceUncounted(logger, topic, partition.Partition.Value, PositionRule.MaxSources, source, options.Group));
    }

    // A handler's statement is cancelled over a connection of its own, which takes its time where the database is frozen: nobody waits for that.
    private async Task CloseAsync(PartitionTrack track)
    {
        try
        {
            await track.CloseAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a handler's callback throws.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            KafkaLog.CancellationThrew(logger, exception, options.Group, track.Partition.Topic, track.Partition.Partition.Value, exception.Message);
        }
        finally
        {
            track.Dispose();
        }
    }

    // Committed at once, or a member that dies before its first commit would take what came meanwhile along.
    private Dictionary<TopicPartition, long> EndsToStartAt(IReadOnlyList<AssignedPartition> partitions)
    {
        if (!options.StartAtEnd) return [];
        var begun = partitions.Where(assigned => assigned.Committed.Offset is null && assigned.Partition.Topic != _retryTopic);
        var ends = begun.ToDictionary(assigned => assigned.Partition, assigned => member.EndOf(assigned.Partition));
        member.Commit([.. ends.Select(end => new CommittedOffset(end.Key, end.Value, ""))]);
        return ends;
    }

    // Records come in runs of one partition, under one and the same object for a batch.
    private PartitionTrack? TrackOf(TopicPartition partition)
    {
        if (_last is { } last && (ReferenceEquals(last.Partition, partition) || last.Partition == partition)) return last;
        return _last = _tracks.GetValueOrDefault(partition);
    }

    private int LaneOf(PartitionTrack track, RecordView record)
    {
        var hash = track.HashOf(record);
        return hash == KeyHash.None ? (int)((uint)record.Partition % (uint)lanes.Length) : (int)(((hash >> 32) * (ulong)lanes.Length) >> 32);
    }

    private List<PartitionTrack> Take(IReadOnlyList<TopicPartition> partitions)
    {
        var tracks = new List<PartitionTrack>();
        _held.Release(partitions);
        foreach (var partition in partitions)
        {
            _logEnds.TryRemove(partition, out _);
            if (_tracks.TryRemove(partition, out var track)) tracks.Add(track);
        }

        Changed();
        return tracks;
    }

    private void Changed() => (_all, _last) = ([.. _tracks.Values], null);

    private void Log(List<PartitionTrack> tracks, string kind, string outcome)
    {
        if (tracks.Count > 0) ConsumerMetrics.Rebalances.Add(1, new("group", options.Group), new("kind", kind));
        foreach (var track in tracks)
            KafkaLog.Released(logger, options.Group, track.Partition.Topic, track.Partition.Partition.Value, track.IsIdle ? outcome : outcome + ", unfinished");
    }
}
