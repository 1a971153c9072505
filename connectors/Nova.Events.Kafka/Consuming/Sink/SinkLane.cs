using System.Threading.Channels;
using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.Sink.Redriven;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// One partition of a sink: gathers on the poll thread; beside it records are encoded as they come, and batches inserted. At most one batch is being inserted,
/// one waits for it, and one is gathered.
/// </summary>
internal sealed class SinkLane : IDisposable
{
    private const int MaxSealed = 2;
    private readonly SinkSession _session;
    private readonly LaneGate _gate;
    private readonly IBatchSink _target;
    private readonly TopicIds _topics;
    private readonly RepeatRule _rule;
    private readonly BatchPace _pace;
    private readonly BatchAccumulator _accumulator;
    private readonly BatchRecovery _recovery;
    private readonly BatchPreparation _preparation;
    private readonly SinkProtocol _protocol;
    private readonly Channel<GatheredItem> _items = Channel.CreateUnbounded<GatheredItem>(new() { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenSource _draining = new();
    private readonly CommittedState _state;
    private readonly CommitMark _committed;
    private readonly long _start;
    private readonly Queue<(long Last, DateTimeOffset? Oldest)> _sealed = new();
    private long _readUpTo;
    private long _endedAt;
    private volatile bool _isHeld;
    private long _progressedAt;

    public SinkLane(AssignedPartition assigned, SinkRoute route, LaneGate gate, TopicIds topics, SinkSession session)
    {
        (Partition, _target, _gate, _topics, _session) = (assigned.Partition, route.Target, gate, topics, session);
        _start = assigned.Committed.Offset ?? assigned.LogStart;
        _state = CommittedState.Parse(assigned.Committed.Metadata, _start);
        _committed = new CommitMark(_start);
        IsRetry = route.IsRetry;
        ReadFrom = Math.Max(assigned.LogStart, _start - (route.EventIdWindow ?? 0));
        _rule = new RepeatRule(_state.Positions, route.EventIdWindow, route.IsRetry, source =>
            KafkaLog.SourceUncounted(session.Logger, Partition.Topic, Partition.Partition.Value, PositionRule.MaxSources, source, session.Options.Group));
        _pace = new BatchPace(session.Options.BatchAge);
        _accumulator = new BatchAccumulator(Partition, _start, _items.Writer, session.Memory, _pace, session.Options, session.Time) { SealAt = _state.Intent?.Last };
        IHeldRows rows = route.Target is RetryTarget target ? new RowsByPlace(target, _committed, session, _draining.Token) : new RowsByOffset(route.Target, session);
        _recovery = new BatchRecovery(Partition, route, rows, session);
        _preparation = new BatchPreparation(Partition, route.Target, _rule, _recovery, session, _draining.Token);
        gate.Begin(_start, assigned.Committed.Metadata);
        _protocol = new SinkProtocol(route, _preparation.Prepared, new RefusedRows(route, rows, session), gate, _pace, session) { CommittedPast = Finish };
        if (assigned.LogStart > _start)
            KafkaLog.RetentionOvertook(session.Logger, Partition.Topic, Partition.Partition.Value, _start, assigned.LogStart);
        KafkaLog.Assigned(session.Logger, session.Options.Group, Partition.Topic, Partition.Partition.Value, _start, _state.Intent?.Last);
    }

    public TopicPartition Partition { get; }

    /// <summary>It reads the retry topic.</summary>
    public bool IsRetry { get; }

    /// <summary>Where reading begins: before the committed offset where ids are told by a window.</summary>
    public long ReadFrom { get; }

    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Null until it was paused or resumed once: the client's pause outlives an assignment.</summary>
    public bool? IsPaused { get; set; }

    /// <summary>What an earlier owner intended is not wholly read yet.</summary>
    public bool IsSettling => _accumulator.SealAt is not null;

    /// <summary>
    /// The broker no longer knew the member, so the lane ended; the rebalance that should have told us never came, and nobody would read the partition.
    /// </summary>
    public bool HasEndedWithoutRebalance => Volatile.Read(ref _endedAt) is var ended and > 0 && _session.Time.GetElapsedTime(ended) > _session.Options.SessionTimeout;

    /// <summary>It can't go on, and an operator must say how: nothing of it is read or committed, the others go on.</summary>
    public bool IsHeld => _isHeld;

    public LaneGate Gate => _gate;

    /// <summary>The next batch is overfull and the ones before it still wait: reading on would only fill memory.</summary>
    public bool IsFull => _accumulator.IsOverfull;

    /// <summary>Bytes of records that are not encoded yet, and of rows that are not inserted yet.</summary>
    public long BufferedBytes => _isHeld ? 0 :
        _accumulator.BytesHeld + (_accumulator.BytesHandedOver - _preparation.BytesReleased) + _preparation.BytesOpen + _preparation.BytesPrepared - _protocol.BytesDone;

    public void Start() => Completion = Task.Run(RunAsync);

    public void Take(in FetchedRecord record)
    {
        if (_isHeld) return;
        Volatile.Write(ref _readUpTo, record.Offset + 1);
        if (record.Offset < _start)
        {
            LookBack(record);
            return;
        }

        if (_accumulator.Count == 0 && Sealed == 0) Volatile.Write(ref _progressedAt, _session.Time.GetTimestamp());
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
        if (_isHeld || _accumulator.Due() is not { } reason) return;
        // A young batch gathers on while the one before it is still on its way: when inserts are slow, they grow instead of queueing.
        if (Sealed >= (reason == FlushReason.Age ? 1 : MaxSealed)) return;
        Seal(reason);
    }

    /// <summary>Nothing follows; with <paramref name="all"/> what was gathered is a last batch.</summary>
    public void BeginDrain(bool all)
    {
        if (all && _accumulator is { Count: > 0, SealAt: null } && Sealed < MaxSealed) Seal(FlushReason.Stop);
        _items.Writer.TryComplete();
        // A letter that waits has no intent yet: there is nothing to finish.
        _draining.Cancel();
    }

    public void Close()
    {
        _gate.Close();
        _closed.Cancel();
        _items.Writer.TryComplete();
    }

    public void Dispose()
    {
        _closed.Dispose();
        _draining.Dispose();
    }

    public PartitionReading Read(long? logEnd)
    {
        var committed = _committed.Offset;
        long? lag = logEnd is { } end ? Math.Max(0, end - committed) : null;
        var status = _isHeld ? PartitionStatus.Held : _protocol.IsRetrying ? PartitionStatus.Retrying
            : IsPaused == true ? PartitionStatus.Paused
            : IsSettling || Volatile.Read(ref _readUpTo) < _start ? PartitionStatus.Recovering : PartitionStatus.Running;
        return new PartitionReading(Partition.Topic, Partition.Partition.Value, lag, LagTime(lag), status)
        {
            Stalled = IsUnfinished ? _session.Time.GetElapsedTime(Volatile.Read(ref _progressedAt)) : TimeSpan.Zero,
        };
    }

    private bool IsUnfinished => _accumulator.Count > 0 || Sealed > 0;

    private int Sealed
    {
        get { lock (_sealed) return _sealed.Count; }
    }

    private TimeSpan? LagTime(long? lag)
    {
        DateTimeOffset? oldest;
        lock (_sealed) oldest = (_sealed.TryPeek(out var first) ? first.Oldest : null) ?? _accumulator.OldestTimestamp;
        if (oldest is { } timestamp) return _session.Time.GetUtcNow() - timestamp;
        return lag is 0 ? TimeSpan.Zero : null;
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
            await EnsureSameTopicAsync();
            await _recovery.BeginAsync(_start, _state, _closed.Token);
            await RunProtocolAsync();
        }
        catch (TopicReplacedException exception)
        {
            _isHeld = true;
            _gate.Close();
            KafkaLog.TopicReplaced(_session.Logger, _session.Options.Group, Partition.Topic, Partition.Partition.Value, exception.Message);
        }
        catch (LaneClosedException)
        {
            Volatile.Write(ref _endedAt, _session.Time.GetTimestamp());
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested || _draining.IsCancellationRequested)
        {
        }
    }

    // A member goes on committing the old topic's offsets after the new one was made: the broker knows topics by name.
    private async Task EnsureSameTopicAsync()
    {
        var id = await _session.AskAsync("Kafka", () => _topics.OfAsync(Partition.Topic), _closed.Token);
        if (_state.TopicId is { } known && id is not null && known != id) throw new TopicReplacedException(Partition, _start);
        _gate.TopicId = id ?? _state.TopicId;
    }

    private async Task RunProtocolAsync()
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        var preparing = _preparation.RunAsync(_items.Reader, ended.Token);
        try
        {
            await _protocol.RunAsync(_closed.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await preparing;
            while (_preparation.Prepared.TryRead(out var unread)) unread.Dispose();
        }
    }

    private void Seal(FlushReason reason)
    {
        var oldest = _accumulator.OldestTimestamp;
        // Before it is handed over: it may be done before this returns.
        lock (_sealed)
            _sealed.Enqueue((_accumulator.LastOf(reason), oldest));
        _accumulator.Seal(reason);
    }

    private void Finish(PreparedBatch batch)
    {
        _committed.Move(batch.Range.Last + 1);
        Volatile.Write(ref _progressedAt, _session.Time.GetTimestamp());
        lock (_sealed)
            while (_sealed.TryPeek(out var first) && first.Last <= batch.Range.Last) _sealed.Dequeue();
    }
}
