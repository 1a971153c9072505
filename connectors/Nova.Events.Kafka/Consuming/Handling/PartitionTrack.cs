using System.Collections.Immutable;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>A record that was taken and not yet finished.</summary>
internal sealed class TakenRecord(RecordView record, PartitionTrack track, SourcePosition? position)
{
    public RecordView Record => record;

    public PartitionTrack Track => track;

    public SourcePosition? Position => position;

    public bool IsFinished { get; set; }

    public int Attempts { get; set; }
}

/// <summary>
/// What of a partition was taken and what of it is finished. The offset that may be committed is the first that is not finished, whatever is finished above
/// it; the positions committed with it are those of the records below it.
/// </summary>
internal sealed class PartitionTrack : IDisposable
{
    private readonly Lock _lock = new();
    private readonly RecordBlockPool _pool;
    private readonly Queue<TakenRecord> _taken = new();
    private readonly Queue<RecordBlock> _blocks = new();
    private RecordBlock? _open;
    private readonly PositionRule _rule;
    private readonly CancellationTokenSource _closed = new();
    private ImmutableSortedDictionary<string, Position> _positions;
    private readonly long _start;
    private long _watermark;
    private long _handedOut;
    private long _bytes;

    public PartitionTrack(TopicPartition partition, long start, CommittedState state, RecordBlockPool pool)
    {
        _pool = pool;
        (Partition, _start, _watermark, _handedOut) = (partition, start, start, start);
        (_rule, _positions) = (new PositionRule(state.Positions), state.Positions);
        Closed = _closed.Token;
    }

    public TopicPartition Partition { get; }

    /// <summary>Cancelled once the partition is gone: what is unfinished is redelivered to whoever has it.</summary>
    public CancellationToken Closed { get; }

    public long Bytes => Interlocked.Read(ref _bytes);

    public bool IsIdle
    {
        get { lock (_lock) return _taken.Count == 0; }
    }

    /// <summary>Null for a repeat, which is finished as it comes.</summary>
    public TakenRecord? Take(in FetchedRecord fetched)
    {
        var record = Copy(fetched);
        var repeat = _rule.IsRepeat(record, out var position);
        var taken = new TakenRecord(record, this, position);
        Interlocked.Add(ref _bytes, record.Size);
        lock (_lock) _taken.Enqueue(taken);
        if (!repeat) return taken;
        Finish(taken);
        return null;
    }

    public void Finish(TakenRecord record)
    {
        lock (_lock)
        {
            record.IsFinished = true;
            while (_taken.TryPeek(out var first) && first.IsFinished)
            {
                _taken.Dequeue();
                _watermark = first.Record.Offset + 1;
                if (first.Position is { } position) _positions = _positions.SetItem(position.Source, position.Position);
                Interlocked.Add(ref _bytes, -first.Record.Size);
                while (_blocks.Peek() != first.Record.Block) _pool.Return(_blocks.Dequeue());
            }
        }
    }

    /// <summary>What may be committed; null where nothing moved since it was handed out last, or with <paramref name="sinceStart"/> since the beginning.</summary>
    public CommittedOffset? Advance(bool sinceStart = false)
    {
        lock (_lock)
        {
            if (_watermark == (sinceStart ? _start : _handedOut)) return null;
            _handedOut = _watermark;
            var text = new CommittedState(_positions).ToText(_watermark) ?? throw new InvalidOperationException(
                $"The committed state of {Partition} is longer than {CommittedState.MaxBytes} bytes: too many sources publish to this partition.");
            return new CommittedOffset(Partition, _watermark, text);
        }
    }

    public PartitionReading Read(long? logEnd, bool isPaused, DateTimeOffset now)
    {
        lock (_lock)
        {
            long? lag = logEnd is { } end ? Math.Max(0, end - _watermark) : null;
            TimeSpan? age = _taken.TryPeek(out var first) ? now - first.Record.Timestamp : lag is 0 ? TimeSpan.Zero : null;
            var status = first is { Attempts: > 0 } ? PartitionStatus.Retrying : isPaused ? PartitionStatus.Paused : PartitionStatus.Running;
            return new PartitionReading(Partition.Topic, Partition.Partition.Value, lag, age, status);
        }
    }

    /// <summary>What is being handled may go on reading its records: their memory is left to the collector.</summary>
    public void Close() => _closed.Cancel();

    public void Dispose() => _closed.Dispose();

    private RecordView Copy(in FetchedRecord fetched)
    {
        if (_open is null || !fetched.TryCopyTo(_open))
        {
            _open = _pool.Rent(Partition, fetched.Size);
            fetched.TryCopyTo(_open);
            lock (_lock) _blocks.Enqueue(_open);
        }

        return _open[_open.Count - 1];
    }
}
