using System.Collections.Concurrent;
using Confluent.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Inbox.Consuming;

/// <summary>The partitions that an inbox consumer has; all but <see cref="Read"/> on the poll thread.</summary>
internal sealed class InboxPartitions(InboxSession session, IGroupMember member) : IPartitionWork
{
    private readonly ConcurrentDictionary<TopicPartition, InboxTrack> _tracks = new();
    private readonly ConcurrentDictionary<TopicPartition, long> _logEnds = new();
    private readonly List<InboxLane> _released = [];
    private readonly BackPressure _pressure = new(session.Options.MaxBufferedBytes, session.Options.MaxPartitionBytes, session.Time);
    private InboxTrack[] _all = [];
    private bool _isDraining;

    public HandlerState? State { get; init; }

    public bool IsDrained => Array.TrueForAll(_all, static track => track.Lane.Completion.IsCompleted);

    /// <summary>Where they are read from is found out by their lanes, beside this thread; what comes before they know is dropped, and read again.</summary>
    public IReadOnlyList<TopicPartitionOffset> Assigned(IReadOnlyList<AssignedPartition> partitions)
    {
        var starts = new List<TopicPartitionOffset>(partitions.Count);
        foreach (var assigned in partitions)
        {
            var lane = new InboxLane(assigned.Committed, session);
            _tracks[assigned.Partition] = new InboxTrack(assigned.Partition, lane, session);
            lane.Start();
            // Where there is nothing to fetch, and whatever is committed can't be out of range.
            starts.Add(new TopicPartitionOffset(assigned.Partition, Offset.End));
        }

        Changed();
        State?.Works();
        if (partitions.Count > 0) ConsumerMetrics.Rebalances.Add(1, new("group", session.Options.Group), new("kind", "assigned"));
        return starts;
    }

    public void Revoked(IReadOnlyList<TopicPartition> partitions, TimeSpan patience)
    {
        var tracks = Take(partitions);
        foreach (var track in tracks) track.Lane.BeginDrain();
        var started = session.Time.GetTimestamp();
        while (tracks.Exists(static track => !track.Lane.Completion.IsCompleted) && session.Time.GetElapsedTime(started) < patience) member.Yield();
        List<CommittedOffset> last = [.. tracks.Select(static track => track.Advance()).OfType<CommittedOffset>()];
        try
        {
            // Stored too: when it lets partitions go the client commits what was stored last, over whatever is committed.
            member.Store(last);
            member.Commit(last);
        }
        catch (KafkaException)
        {
            // A hint only: the next owner asks the inbox.
        }

        Release(tracks, "revoked");
    }

    public void Lost(IReadOnlyList<TopicPartition> partitions) => Release(Take(partitions), "lost");

    public void Take(TopicPartition partition, in FetchedRecord record)
    {
        if (!_isDraining && _tracks.TryGetValue(partition, out var track)) track.Take(record);
    }

    public void EndOfBatch()
    {
        foreach (var track in _all) track.HandOver();
    }

    public void ReachedEnd(TopicPartition partition, long nextOffset)
    {
        if (!_isDraining && _tracks.TryGetValue(partition, out var track)) track.ReachedEnd(nextOffset);
    }

    public void Tick()
    {
        var moved = new List<CommittedOffset>();
        foreach (var track in _all)
        {
            // What a lane does not take for an outcome is a fault of the program.
            if (track.Lane.Completion.IsFaulted) track.Lane.Completion.GetAwaiter().GetResult();
            TryTick(track);
            if (track.Advance() is { } offset) moved.Add(offset);
            if (member.KnownEnd(track.Partition) is { } end) _logEnds[track.Partition] = end;
        }

        member.Store(moved);
        if (!_isDraining) _pressure.Apply(_all, member);
        Forget();
        State?.Ticked();
    }

    public void BeginDrain()
    {
        _isDraining = true;
        foreach (var track in _all) track.Lane.BeginDrain();
    }

    /// <summary>After the poll thread has ended; returns once nothing runs.</summary>
    public async Task CloseAsync()
    {
        Lost([.. _tracks.Keys]);
        await Task.WhenAll(_released.Select(static lane => lane.Ended));
        foreach (var lane in _released) lane.Dispose();
    }

    public IEnumerable<PartitionReading> Read() => _tracks.Values.Select(track => track.Read(_logEnds.TryGetValue(track.Partition, out var end) ? end : null));

    private void TryTick(InboxTrack track)
    {
        try
        {
            track.Tick(member);
        }
        catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_State)
        {
            // The client does not read it yet: at the next tick.
            InboxLog.NotReadYet(session.Logger, track.Partition.Topic, track.Partition.Partition.Value, exception.Error.Reason);
        }
    }

    private List<InboxTrack> Take(IReadOnlyList<TopicPartition> partitions)
    {
        var tracks = new List<InboxTrack>();
        foreach (var partition in partitions)
        {
            _logEnds.TryRemove(partition, out _);
            if (_tracks.TryRemove(partition, out var track)) tracks.Add(track);
        }

        Changed();
        return tracks;
    }

    private void Changed() => _all = [.. _tracks.Values];

    private void Release(List<InboxTrack> tracks, string kind)
    {
        if (tracks.Count > 0) ConsumerMetrics.Rebalances.Add(1, new("group", session.Options.Group), new("kind", kind));
        foreach (var track in tracks)
        {
            var outcome = track.Lane.Completion.IsCompleted ? kind : kind + ", unfinished";
            track.Lane.Close();
            _released.Add(track.Lane);
            InboxLog.Released(session.Logger, session.Options.Group, track.Partition.Topic, track.Partition.Partition.Value, outcome);
        }
    }

    /// <summary>Lanes that have ended since their partition went.</summary>
    private void Forget()
    {
        foreach (var lane in _released.FindAll(static lane => lane.Ended.IsCompleted))
        {
            _released.Remove(lane);
            lane.Dispose();
        }
    }
}
