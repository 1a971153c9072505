using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>The partitions that a handler consumer has; all but <see cref="Read"/> on the poll thread.</summary>
internal sealed class HandlerPartitions(KeyLane[] lanes, HandlerConsumerOptions options, ILogger logger, TimeProvider time)
    : IPartitionWork, IDisposable
{
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(5);
    private readonly ConcurrentDictionary<TopicPartition, PartitionTrack> _tracks = new();
    private readonly ConcurrentDictionary<TopicPartition, long> _logEnds = new();
    private readonly List<PartitionTrack> _released = [];
    private readonly RecordBlockPool _pool = new(options.MaxBufferedBytes);
    private volatile bool _isPaused;
    private bool _isDraining;
    private bool _pauseNew;

    public IConsumer<byte[]?, byte[]?> Consumer { get; set; } = null!;

    public bool IsDrained => _tracks.Values.All(track => track.IsIdle);

    public IReadOnlyList<TopicPartitionOffset> Assigned(IReadOnlyList<AssignedPartition> partitions)
    {
        var starts = new List<TopicPartitionOffset>(partitions.Count);
        foreach (var assigned in partitions)
        {
            var (topic, partition) = (assigned.Partition.Topic, assigned.Partition.Partition.Value);
            var start = assigned.Committed.Offset ?? (options.StartAtEnd ? EndOf(assigned.Partition) : assigned.LogStart);
            if (assigned.LogStart > start) KafkaLog.RetentionOvertook(logger, topic, partition, start, assigned.LogStart);
            start = Math.Max(start, assigned.LogStart);
            KafkaLog.Assigned(logger, options.Group, topic, partition, start, intentLast: null);
            _tracks[assigned.Partition] = new PartitionTrack(assigned.Partition, start, CommittedState.Parse(assigned.Committed.Metadata, start), _pool);
            starts.Add(new TopicPartitionOffset(assigned.Partition, start));
        }

        // A new partition does not know that its siblings wait; it can be paused once it is assigned.
        _pauseNew = _isPaused;
        return starts;
    }

    public void Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        var tracks = Take(partitions);
        var started = time.GetTimestamp();
        while (tracks.Exists(track => !track.IsIdle) && time.GetElapsedTime(started) < options.DrainTimeout)
        {
            using var pause = new ManualResetEventSlim();
            pause.Wait(DrainPoll);
        }

        foreach (var track in tracks) track.Close();
        try
        {
            CommitMetadata.Commit(Consumer, [.. tracks.Select(track => track.Advance(sinceStart: true)).OfType<CommittedOffset>()]);
        }
        catch (KafkaException exception)
        {
            KafkaLog.ClientError(logger, options.Group, exception.Error.Code.ToString(), "What was handled last could not be committed and is handled again: " + exception.Error.Reason);
        }

        Log(tracks, "drained");
    }

    public void Lost(IReadOnlyList<TopicPartition> partitions)
    {
        var tracks = Take(partitions);
        foreach (var track in tracks) track.Close();
        Log(tracks, "lost");
    }

    public void Take(TopicPartition partition, in FetchedRecord record)
    {
        if (_isDraining || !_tracks.TryGetValue(partition, out var track)) return;
        if (track.Take(record) is not { } taken)
        {
            ConsumerMetrics.Repeats.Add(1, new("group", options.Group), new("topic", partition.Topic));
            return;
        }

        lanes[LaneOf(taken.Record)].Add(taken);
    }

    public void EndOfBatch()
    {
    }

    public void ReachedEnd(TopicPartition partition, long nextOffset)
    {
    }

    // Once for all that moved since the last tick: storing each record's offset halves the rate (measured: design/parts.md).
    public void Tick()
    {
        CommitMetadata.Store(Consumer, [.. _tracks.Values.Select(track => track.Advance()).OfType<CommittedOffset>()]);
        var buffered = _tracks.Values.Sum(track => track.Bytes);
        if (_pauseNew) Pause(true);
        _pauseNew = false;
        if (!_isPaused && buffered > options.MaxBufferedBytes) Pause(true);
        else if (_isPaused && buffered < options.MaxBufferedBytes / 2) Pause(false);
        foreach (var partition in _tracks.Keys)
            if (Consumer.GetWatermarkOffsets(partition).High.Value is >= 0 and var end) _logEnds[partition] = end;
    }

    public void BeginDrain() => _isDraining = true;

    /// <summary>After the poll thread has ended: whatever is unfinished is left to be redelivered.</summary>
    public void Close() => Lost([.. _tracks.Keys]);

    public void Dispose()
    {
        foreach (var track in _released) track.Dispose();
    }

    public IEnumerable<PartitionReading> Read() => _tracks.Values.Select(track =>
        track.Read(_logEnds.TryGetValue(track.Partition, out var end) ? end : null, _isPaused, time.GetUtcNow()));

    private void Pause(bool pause)
    {
        if (pause) Consumer.Pause(_tracks.Keys);
        else if (!_isDraining) Consumer.Resume(_tracks.Keys);
        _isPaused = pause;
    }

    private long EndOf(TopicPartition partition) => Consumer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(15)).High.Value;

    private int LaneOf(RecordView record)
    {
        if (!record.HasKey) return (int)((uint)record.Partition % (uint)lanes.Length);
        var hash = default(HashCode);
        hash.AddBytes(record.Key);
        return (int)((uint)hash.ToHashCode() % (uint)lanes.Length);
    }

    private List<PartitionTrack> Take(IReadOnlyList<TopicPartition> partitions)
    {
        var tracks = new List<PartitionTrack>();
        foreach (var partition in partitions)
        {
            _logEnds.TryRemove(partition, out _);
            if (_tracks.TryRemove(partition, out var track)) tracks.Add(track);
        }

        _released.AddRange(tracks);

        return tracks;
    }

    private void Log(List<PartitionTrack> tracks, string outcome)
    {
        foreach (var track in tracks)
            KafkaLog.Released(logger, options.Group, track.Partition.Topic, track.Partition.Partition.Value, track.IsIdle ? outcome : outcome + ", unfinished");
    }
}
