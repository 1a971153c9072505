using System.Collections.Immutable;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// What of a partition was taken and what of it is finished. The offset that may be committed is the first that is not finished, whatever is finished above
/// it; the positions committed with it are those of the records below it. The poll thread's alone, but for <see cref="TakenRecord.Finish"/>,
/// <see cref="Closed"/>, <see cref="Parked"/> and <see cref="Read"/>.
/// </summary>
internal sealed class PartitionTrack : IPausable, IDisposable
{
    private readonly TakenBlockPool _pool;
    private readonly TimeProvider _time;
    private readonly Queue<TakenBlock> _blocks = new();
    private readonly PositionRule _rule;
    private readonly SourcePositions _positions;
    private readonly Func<RecordView, bool>? _isInWindow;
    private readonly CancellationTokenSource _closed = new();
    private readonly long _start;
    private TakenBlock? _open;
    private int _index;
    private long _next;
    private long _watermark;
    private long _handedOut;
    private long _movedAt;
    private long _oldest = -1;
    private readonly Arrivals _arrivals;
    private int _waiting;
    private volatile bool _isPaused;

    public PartitionTrack(TopicPartition partition, long start, CommittedState state, TrackSetting setting)
    {
        (Partition, _pool, _time, _start, _watermark, _handedOut) = (partition, setting.Pool, setting.Time, start, start, start);
        (_rule, Policy, Parked) = (new PositionRule(state.Positions, setting.Uncounted), setting.Policy, new ParkedKeys(state.Parked, setting.Time));
        _positions = new SourcePositions(_rule, state.Positions);
        (IsRetryTopic, Closed, _movedAt, _arrivals) = (setting.IsRetryTopic, _closed.Token, _time.GetTimestamp(), new Arrivals(setting.Time));
        if (IsRetryTopic) _isInWindow = new RetryWindow().IsRepeat;
        else if (setting.EventIdWindow is { } window) _isInWindow = new EventIdWindow(window).IsRepeat;
    }

    public TopicPartition Partition { get; }

    /// <summary>The offset that was committed when it came; what is below was read for its id alone.</summary>
    public long Start => _start;

    /// <summary>Everything below is finished.</summary>
    public long Watermark => _watermark;

    /// <summary>What becomes of a record that fails; in the retry topic each record brings its own.</summary>
    public FailurePolicy? Policy { get; }

    public bool IsRetryTopic { get; }

    /// <summary>What a record is in order with: its key; where the partition is to block as a whole, everything. Without a key, all others without one.</summary>
    public ulong HashOf(RecordView record) => Policy?.OnFailure == OnFailure.BlockPartition || !record.HasKey ? KeyHash.None : KeyHash.Of(record.Key);

    public ParkedKeys Parked { get; }

    /// <summary>Cancelled once the partition is gone: what is unfinished is redelivered to whoever has it.</summary>
    public CancellationToken Closed { get; }

    /// <summary>Bytes of memory from the first unfinished record on, used or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>True where nothing that was taken is unfinished, as of the last <see cref="Sweep"/>.</summary>
    public bool IsIdle => _blocks.Count == 0;

    /// <summary>Until then nothing that comes next is due.</summary>
    public long HeldUntil { get; private set; }

    /// <summary>True from when it held too much until it holds half of that.</summary>
    public bool IsFull { get; set; }

    /// <summary>False until it was paused or resumed once: the client's pause outlives an assignment.</summary>
    public bool IsApplied { get; set; }

    public bool IsPaused
    {
        get => _isPaused;
        set => _isPaused = value;
    }

    /// <summary>Null for what is not to be handled, which is finished as it comes: a repeat, or a record below the committed offset that was read for its id.</summary>
    public TakenRecord? Take(in FetchedRecord fetched)
    {
        if (fetched.Offset < _next) throw new KafkaException(new Error(ErrorCode.Local_BadMsg, $"{Partition} gave offset {fetched.Offset} after {_next - 1}."));
        _next = fetched.Offset + 1;
        _arrivals.Came();
        if (IsIdle) _movedAt = _time.GetTimestamp();
        var taken = Copy(fetched);
        var record = taken.Record;
        if (!IsRepeat(taken.Block, record))
        {
            if (IsRetryTopic) Hold(record);
            return taken;
        }

        taken.Finish();
        return null;
    }

    /// <summary>
    /// The log ends before <paramref name="nextOffset"/> for now; offsets at its end may hold no record: the markers of transactions. Before the first record
    /// it may be the end of what was read for an earlier assignment.
    /// </summary>
    public void ReachedEnd(long nextOffset)
    {
        _arrivals.ReachedEnd(nextOffset);
        if (_next > 0 && nextOffset > _next) _next = nextOffset;
    }

    /// <summary>It could not be fetched, and is tried again; the client says so once.</summary>
    public void NotFetched(string error) => _arrivals.Failed(error);

    /// <summary>Moves the watermark past what is finished, and gives its memory back.</summary>
    public void Sweep()
    {
        SweepBlocks();
        if (IsIdle) Move(_next);
    }

    /// <summary>What may be committed; null where nothing moved since it was handed out last, or with <paramref name="sinceStart"/> since the beginning.</summary>
    public CommittedOffset? Advance(bool sinceStart = false)
    {
        Sweep();
        if (_watermark == (sinceStart ? _start : _handedOut) && !(sinceStart && Parked.HasChanged)) return null;
        _handedOut = _watermark;
        return new CommittedOffset(Partition, _watermark, StateText());
    }

    /// <summary>Notes for <see cref="Read"/> what is oldest, and whether anything comes.</summary>
    public void Observe(long? logEnd)
    {
        Volatile.Write(ref _oldest, _blocks.TryPeek(out var block) ? block.Records[_index].TimestampMilliseconds : -1);
        _arrivals.Observe(isBusy: _isPaused || !IsIdle, Math.Max(_start, _next), logEnd);
    }

    /// <summary>A key begins to wait, or ends.</summary>
    public void Wait(int keys) => Interlocked.Add(ref _waiting, keys);

    public PartitionReading Read(long? logEnd)
    {
        var (watermark, oldest) = (Volatile.Read(ref _watermark), Volatile.Read(ref _oldest));
        long? lag = logEnd is { } end ? Math.Max(0, end - watermark) : null;
        TimeSpan? age = oldest >= 0 ? _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(oldest) : lag is 0 ? TimeSpan.Zero : null;
        var status = Volatile.Read(ref _waiting) > 0 ? PartitionStatus.Retrying : _isPaused ? PartitionStatus.Paused : PartitionStatus.Running;
        return new PartitionReading(Partition.Topic, Partition.Partition.Value, lag, age, status)
        {
            Stalled = oldest >= 0 ? _time.GetElapsedTime(Volatile.Read(ref _movedAt)) : _arrivals.StarvedFor ?? TimeSpan.Zero,
            IsStarved = oldest < 0 && _arrivals.StarvedFor is not null,
            FetchError = _arrivals.Error,
            OldestUnfinished = oldest >= 0 ? age : TimeSpan.Zero,
            ParkedKeys = Parked.Count,
        };
    }

    /// <summary>
    /// From here on nothing of it begins. What is being handled may go on reading its records: their memory is left to the collector. The handlers' callbacks run
    /// beside the caller, however long they take, and what they throw is the task's.
    /// </summary>
    public Task CloseAsync()
    {
        Parked.Seal();
        return _closed.CancelAsync();
    }

    public void Dispose() => _closed.Dispose();

    private bool IsRepeat(TakenBlock block, RecordView record)
    {
        var (source, position, isRepeat) = (-1, default(Position), false);
        if (_isInWindow is { } isInWindow) isRepeat = isInWindow(record) || record.Offset < _start;
        else isRepeat = _rule.IsRepeat(record, out source, out position);
        block.Note(source, position);
        return isRepeat;
    }

    private void Hold(RecordView record)
    {
        if (RetriedRecord.DelayOf(record, _time.GetUtcNow()) is { Ticks: > 0 } delay)
            HeldUntil = Math.Max(HeldUntil, _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency));
    }

    private void Move(long watermark)
    {
        if (watermark <= _watermark) return;
        Volatile.Write(ref _watermark, watermark);
        Volatile.Write(ref _movedAt, _time.GetTimestamp());
    }

    private void SweepBlocks()
    {
        while (_blocks.TryPeek(out var block))
        {
            var from = _index;
            _index = block.Sweep(from, _positions);
            if (_index > from) Move(block.Records[_index - 1].Offset + 1);
            if (_index < block.Records.Count) return;
            Release(_blocks.Dequeue());
        }
    }

    // Where all does not fit, whoever comes next diverts again what is done: repeats, but none is lost.
    private string StateText()
    {
        var state = new CommittedState(_positions.ToDictionary()) { Parked = Parked.ToCommit() };
        return state.ToText(_watermark) ?? (state with { Parked = WithoutDone(state.Parked) }).ToText(_watermark) ?? throw new InvalidOperationException(
            $"The committed state of {Partition} is longer than {CommittedState.MaxBytes} bytes: too many sources publish to this partition.");
    }

    private static ImmutableSortedDictionary<ulong, ParkedKey> WithoutDone(ImmutableSortedDictionary<ulong, ParkedKey> parked) =>
        parked.ToImmutableSortedDictionary(static key => key.Key, static key => new ParkedKey(key.Value.Last));

    private void Release(TakenBlock block)
    {
        _index = 0;
        Bytes -= block.Records.Capacity;
        if (block == _open) _open = null;
        _pool.Return(block);
    }

    private TakenRecord Copy(in FetchedRecord fetched)
    {
        if (_open is null || !fetched.TryCopyTo(_open.Records))
        {
            _open = _pool.Rent(this, fetched.Size);
            fetched.TryCopyTo(_open.Records);
            _blocks.Enqueue(_open);
            Bytes += _open.Records.Capacity;
        }

        return new TakenRecord(_open, _open.Records.Count - 1);
    }
}

/// <summary>What the partitions of a consumer share.</summary>
/// <param name="Policy">What becomes of records that fail; null in the retry topic.</param>
/// <param name="EventIdWindow">Preceding offsets among which an event id that occurs again is a repeat; null where positions tell repeats.</param>
/// <param name="Uncounted">Hears of the first source that is one too many.</param>
internal sealed record TrackSetting(TakenBlockPool Pool, FailurePolicy? Policy, bool IsRetryTopic, TimeProvider Time, int? EventIdWindow = null, Action<string>? Uncounted = null);
