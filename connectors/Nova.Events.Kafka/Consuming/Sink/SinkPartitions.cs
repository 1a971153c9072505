using System.Collections.Concurrent;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>The lanes of the partitions that a sink consumer has; all but <see cref="Read"/> on the poll thread.</summary>
internal sealed class SinkPartitions(IReadOnlyList<SinkRoute> routes, SinkSession session) : IPartitionWork
{
    private readonly ConcurrentDictionary<TopicPartition, SinkLane> _lanes = new();
    private readonly List<SinkLane> _released = [];
    private readonly MembershipLease _lease = new(session.Options.SessionTimeout, session.Time);
    private readonly ConcurrentDictionary<TopicPartition, long> _logEnds = new();
    private readonly HeldPartitions _held = new(session.Options.Group, session.Logger);
    private readonly IReadOnlyList<SinkRoute> _routes =
        session.Options.ReadRetryTopic ? [SinkRoute.OfRetries(routes, Topics.Retry(session.Options.Group)), .. routes] : routes;

    private Task _renewal = Task.CompletedTask;
    private MemoryUse _use;
    private bool _isDraining;

    public IConsumer<byte[]?, byte[]?> Consumer { get; set; } = null!;

    public bool IsDrained => _lanes.Values.All(lane => lane.Completion.IsCompleted);

    public IReadOnlyList<TopicPartitionOffset> Assigned(IReadOnlyList<AssignedPartition> partitions)
    {
        _lease.Renew(_lease.Now);
        var starts = new List<TopicPartitionOffset>(partitions.Count);
        var topics = new TopicIds(session.Log, [.. partitions.Select(static assigned => assigned.Partition.Topic).Distinct()]);
        foreach (var assigned in partitions)
        {
            if (_held.Hold(assigned) is { } held)
            {
                starts.Add(held);
                continue;
            }

            // What comes during a stop is not begun: whoever has it next goes on from what is committed.
            if (_isDraining)
            {
                starts.Add(new TopicPartitionOffset(assigned.Partition, assigned.Committed.Offset ?? assigned.LogStart));
                continue;
            }

            var route = _routes.FirstOrDefault(route => route.Matches(assigned.Partition.Topic))
                ?? throw new InvalidOperationException($"No route takes topic '{assigned.Partition.Topic}'. Add one, or leave the topic out of the consumer's topics.");
            var gate = new LaneGate(
                assigned.Partition, offset => CommitMetadata.Commit(Consumer, [offset]), _lease, session.Options, session.Logger, session.Time);
            var lane = new SinkLane(assigned, route, gate, topics, session);
            _lanes[assigned.Partition] = lane;
            starts.Add(new TopicPartitionOffset(assigned.Partition, lane.ReadFrom));
            lane.Start();
        }

        return starts;
    }

    public void Revoked(IReadOnlyList<TopicPartition> partitions, TimeSpan patience)
    {
        _held.Release(partitions);
        var lanes = Lanes(partitions);
        foreach (var lane in lanes) lane.BeginDrain(all: false);
        var drained = Task.WhenAll(lanes.Select(lane => lane.Completion));
        ((IAsyncResult)drained).AsyncWaitHandle.WaitOne(patience);
        Release(lanes, drained.IsCompletedSuccessfully ? "drained" : "unfinished");
    }

    public void Lost(IReadOnlyList<TopicPartition> partitions)
    {
        _held.Release(partitions);
        Release(Lanes(partitions), "lost");
    }

    public void Take(TopicPartition partition, in FetchedRecord record)
    {
        if (_lanes.TryGetValue(partition, out var lane)) lane.Take(record);
    }

    public void EndOfBatch()
    {
    }

    public void ReachedEnd(TopicPartition partition, long nextOffset)
    {
        if (_lanes.TryGetValue(partition, out var lane)) lane.ReachedEnd(nextOffset);
    }

    public void Tick()
    {
        _use = _use.Next(BytesOf(retries: true), BytesOf(retries: false), session.Options.MaxBufferedBytes);
        // What an earlier owner intended is kept until all of it was read: were every such lane paused, none would ever give memory back.
        var settling = _use.AreOthersFull ? Settling(retries: false) : null;
        var settlingRetry = _use.AreRetriesFull ? Settling(retries: true) : null;
        foreach (var lane in _lanes.Values)
        {
            // A fault of one lane ends the membership: nothing of it is committed, and the next one goes on from what is.
            if (lane.Completion.IsFaulted || lane.Completion.IsCanceled) lane.Completion.GetAwaiter().GetResult();
            if (lane.HasEndedWithoutRebalance) throw new LaneClosedException(lane.Partition, null);
            lane.SealIfDue();
            Pause(lane, lane.IsHeld || lane.IsFull || (lane.IsRetry ? _use.AreRetriesFull && lane != settlingRetry : _use.AreOthersFull && lane != settling));
            var watermarks = Consumer.GetWatermarkOffsets(lane.Partition);
            if (watermarks.High.Value >= 0) _logEnds[lane.Partition] = watermarks.High.Value;
        }

        _held.Tick(held => Consumer.Pause(held));
        Forget();
        // A commit waits for a rebalance's join, and this thread must go on polling meanwhile.
        if (_lease.IsRenewalDue && _renewal.IsCompleted && _lanes.Values.FirstOrDefault(lane => !lane.Completion.IsCompleted) is { } any) _renewal = Task.Run(any.Gate.CommitAgain);
    }

    public void BeginDrain()
    {
        _isDraining = true;
        foreach (var lane in _lanes.Values) lane.BeginDrain(all: true);
    }

    public IEnumerable<PartitionReading> Read() =>
        _lanes.Values.Select(lane => lane.Read(_logEnds.TryGetValue(lane.Partition, out var end) ? end : null)).Concat(_held.Read());

    /// <summary>After the poll thread has ended: nothing commits any more; returns once nothing runs.</summary>
    public async Task CloseAsync()
    {
        Release([.. _lanes.Values], "closed");
        await Task.WhenAll(_released.Select(lane => lane.Completion.ContinueWith(static _ => { }, TaskScheduler.Default)));
        foreach (var lane in _released) End(lane);
    }

    // The one that holds most: one of a partition that can't be read now holds nothing.
    private SinkLane? Settling(bool retries) =>
        _lanes.Values.Where(lane => lane.IsSettling && lane.IsRetry == retries).MaxBy(static lane => lane.BufferedBytes);

    private long BytesOf(bool retries) => _lanes.Values.Where(lane => lane.IsRetry == retries).Sum(static lane => lane.BufferedBytes);

    /// <summary>Lanes that have ended since their partition went.</summary>
    private void Forget()
    {
        foreach (var lane in _released.FindAll(lane => lane.Completion.IsCompleted)) End(lane);
        _released.RemoveAll(lane => lane.Completion.IsCompleted);
    }

    private void End(SinkLane lane)
    {
        if (lane.Completion.Exception?.InnerException is { } fault)
            KafkaLog.LaneFailed(session.Logger, session.Options.Group, lane.Partition.Topic, lane.Partition.Partition.Value, fault.Message, fault);
        lane.Dispose();
    }

    private void Pause(SinkLane lane, bool pause)
    {
        if (lane.IsPaused == pause) return;
        if (pause) Consumer.Pause([lane.Partition]);
        else Consumer.Resume([lane.Partition]);
        lane.IsPaused = pause;
    }

    private List<SinkLane> Lanes(IReadOnlyList<TopicPartition> partitions) =>
        [.. partitions.Select(partition => _lanes.GetValueOrDefault(partition)).OfType<SinkLane>()];

    private void Release(List<SinkLane> lanes, string outcome)
    {
        foreach (var lane in lanes)
        {
            lane.Close();
            _lanes.TryRemove(lane.Partition, out _);
            _logEnds.TryRemove(lane.Partition, out _);
            _released.Add(lane);
            KafkaLog.Released(session.Logger, session.Options.Group, lane.Partition.Topic, lane.Partition.Partition.Value, outcome);
        }
    }
}
