using System.Threading.Channels;
using Confluent.Kafka;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// One partition of a sink: gathers on the poll thread, hands sealed batches to the protocol, which runs beside it. At most one batch is being inserted, one
/// prepared, one sealed and one gathered.
/// </summary>
internal sealed class SinkLane : IDisposable
{
    private readonly SinkSession _session;
    private readonly LaneGate _gate;
    private readonly RepeatRule _rule;
    private readonly BatchAccumulator _accumulator;
    private readonly BatchPreparation _preparation;
    private readonly SinkProtocol _protocol;
    private readonly Channel<SealedBatch> _sealed = Channel.CreateBounded<SealedBatch>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _closed = new();
    private readonly CommittedState _state;
    private readonly long _start;
    private readonly Queue<(long Last, DateTimeOffset Timestamp)> _waiting = new();
    private long _committed;
    private long _handedOver;
    private long _finished;
    private long _readUpTo;

    public SinkLane(AssignedPartition assigned, SinkRoute route, LaneGate gate, SinkSession session)
    {
        (Partition, _gate, _session) = (assigned.Partition, gate, session);
        _start = assigned.Committed.Offset ?? assigned.LogStart;
        _state = CommittedState.Parse(assigned.Committed.Metadata, _start);
        _committed = _start;
        ReadFrom = Math.Max(assigned.LogStart, _start - (route.EventIdWindow ?? 0));
        _rule = new RepeatRule(_state.Positions, route.EventIdWindow);
        _accumulator = new BatchAccumulator(Partition, _start, session.Memory, session.Options, session.Time) { SealAt = _state.Intent?.Last };
        _preparation = new BatchPreparation(route.Target, _rule, session);
        gate.Begin(_start, assigned.Committed.Metadata);
        _protocol = new SinkProtocol(route, _sealed.Reader, _preparation, gate, session) { CommittedPast = Finish };
        if (assigned.LogStart > _start)
            KafkaLog.RetentionOvertook(session.Logger, Partition.Topic, Partition.Partition.Value, _start, assigned.LogStart);
        KafkaLog.Assigned(session.Logger, session.Options.Group, Partition.Topic, Partition.Partition.Value, _start, _state.Intent?.Last);
    }

    public TopicPartition Partition { get; }

    /// <summary>Where reading begins: before the committed offset where ids are told by a window.</summary>
    public long ReadFrom { get; }

    public Task Completion { get; private set; } = Task.CompletedTask;

    public bool IsPaused { get; set; }

    public LaneGate Gate => _gate;

    /// <summary>The next batch is full and the one before it still waits: reading on would only fill memory.</summary>
    public bool IsFull => _accumulator.Due() is FlushReason.Rows or FlushReason.Bytes;

    /// <summary>Bytes taken and not yet finished.</summary>
    public long BufferedBytes => _accumulator.Bytes + Volatile.Read(ref _handedOver) - Volatile.Read(ref _finished);

    public void Start() => Completion = Task.Run(RunAsync);

    public void Take(in FetchedRecord record)
    {
        Volatile.Write(ref _readUpTo, record.Offset + 1);
        if (record.Offset < _start)
        {
            LookBack(record);
            return;
        }

        if (_accumulator.EndsBefore(record.Offset)) Seal(FlushReason.Intent);
        _accumulator.Add(record);
        if (_accumulator.Due() is not (null or FlushReason.Age)) SealIfDue();
    }

    /// <summary>The log ends: an intent that reaches beyond it can't be repeated as it was, and what there is must do.</summary>
    public void ReachedEnd(long nextOffset)
    {
        Volatile.Write(ref _readUpTo, nextOffset);
        if (_accumulator.SealAt is not { } intended || nextOffset < _start) return;
        _accumulator.SealAt = Math.Min(intended, nextOffset - 1) is var last && last >= _start ? last : null;
        if (_accumulator.SealAt is not null) Seal(FlushReason.Intent);
    }

    public void SealIfDue()
    {
        if (_accumulator.Due() is not { } reason) return;
        // A young batch gathers on while the one before it is still on its way: when inserts are slow, they grow instead of queueing.
        if (reason == FlushReason.Age && IsUnderWay) return;
        Seal(reason);
    }

    /// <summary>Nothing follows; with <paramref name="all"/> what was gathered is a last batch.</summary>
    public void BeginDrain(bool all)
    {
        if (all && !_accumulator.IsEmpty && _accumulator.SealAt is null && _sealed.Reader.Count == 0) Seal(FlushReason.Stop);
        _sealed.Writer.TryComplete();
    }

    public void Close()
    {
        _gate.Close();
        _closed.Cancel();
        _sealed.Writer.TryComplete();
    }

    public void Dispose() => _closed.Dispose();

    public PartitionReading Read(long? logEnd)
    {
        var committed = Volatile.Read(ref _committed);
        long? lag = logEnd is { } end ? Math.Max(0, end - committed) : null;
        var status = _protocol.IsRetrying ? PartitionStatus.Retrying
            : IsPaused ? PartitionStatus.Paused
            : _accumulator.SealAt is not null || Volatile.Read(ref _readUpTo) < _start ? PartitionStatus.Recovering : PartitionStatus.Running;
        return new PartitionReading(Partition.Topic, Partition.Partition.Value, lag, LagTime(lag), status);
    }

    private TimeSpan? LagTime(long? lag)
    {
        DateTimeOffset? oldest;
        lock (_waiting) oldest = _waiting.TryPeek(out var first) ? first.Timestamp : _accumulator.OldestTimestamp;
        if (oldest is { } timestamp) return _session.Time.GetUtcNow() - timestamp;
        return lag is 0 ? TimeSpan.Zero : null;
    }

    private bool IsUnderWay
    {
        get { lock (_waiting) return _waiting.Count > 0; }
    }

    private void LookBack(in FetchedRecord record)
    {
        var block = _session.Memory.Rent(Partition, record.Size);
        record.TryCopyTo(block);
        _rule.IsRepeat(block[0]);
        _session.Memory.Return(block);
    }

    private async Task RunAsync()
    {
        try
        {
            await _preparation.BeginAsync(Partition.Topic, Partition.Partition.Value, _start, _state, _closed.Token);
            await _protocol.RunAsync(_closed.Token);
        }
        catch (LaneClosedException)
        {
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
        }
    }

    private void Seal(FlushReason reason)
    {
        if (_sealed.Reader.Count > 0) return;
        var oldest = _accumulator.OldestTimestamp;
        var batch = _accumulator.Seal(reason);
        lock (_waiting)
            if (oldest is { } timestamp) _waiting.Enqueue((batch.Range.Last, timestamp));
        Interlocked.Add(ref _handedOver, batch.Records.Bytes);
        _sealed.Writer.TryWrite(batch);
    }

    private void Finish(PreparedBatch batch)
    {
        Volatile.Write(ref _committed, batch.Range.Last + 1);
        if (batch.Judged.Memory.Release()) Interlocked.Add(ref _finished, batch.Judged.Memory.Bytes);
        lock (_waiting)
            while (_waiting.TryPeek(out var first) && first.Last <= batch.Range.Last) _waiting.Dequeue();
    }
}
