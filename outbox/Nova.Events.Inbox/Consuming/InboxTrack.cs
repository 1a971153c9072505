using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Inbox.Consuming;

/// <summary>What of a partition was read and is not applied yet, with its lane. The poll thread's alone, but for <see cref="Read"/>.</summary>
internal sealed class InboxTrack(TopicPartition partition, InboxLane lane, InboxSession session) : IPausable
{
    private readonly Queue<RecordBlock> _blocks = new();
    private List<RecordView> _gathered = [];
    private RecordBlock? _open;
    private ReadOrder? _order;
    private long _next;
    private InboxRow? _handedOut;
    private long _oldest = -1;
    private long _busySince;
    private volatile bool _isPaused;

    public TopicPartition Partition => partition;

    public InboxLane Lane => lane;

    public long Bytes { get; private set; }

    /// <summary>Nothing is read before the lane says from where.</summary>
    public long HeldUntil => _order is null ? long.MaxValue : 0;

    public bool IsFull { get; set; }

    public bool IsApplied { get; set; }

    public bool IsPaused
    {
        get => _isPaused;
        set => _isPaused = value;
    }

    public void Take(in FetchedRecord fetched)
    {
        if (_order is null || fetched.Offset < _order.From) return;
        if (fetched.Offset < _next) throw new KafkaException(new Error(ErrorCode.Local_BadMsg, $"{partition} gave offset {fetched.Offset} after {_next - 1}."));
        _next = fetched.Offset + 1;
        if (_open is null || !fetched.TryCopyTo(_open))
        {
            _open = session.Memory.Rent(partition, fetched.Size);
            fetched.TryCopyTo(_open);
            _blocks.Enqueue(_open);
            Bytes += _open.Capacity;
        }

        _gathered.Add(_open[_open.Count - 1]);
    }

    public void HandOver()
    {
        if (_gathered.Count == 0) return;
        lane.Add(new ReadRecords(_order!, _gathered));
        _gathered = [];
    }

    /// <summary>Offsets at the end of a log may hold no record: the markers of transactions. Before the first record of an order it may be the end of what was read earlier.</summary>
    public void ReachedEnd(long nextOffset)
    {
        if (_order is null || _next == 0 || nextOffset <= _next) return;
        HandOver();
        _next = nextOffset;
        lane.Add(new ReadRecords(_order, [], nextOffset));
    }

    /// <summary>Follows the lane's order, and gives back the memory of what is applied.</summary>
    /// <exception cref="KafkaException">The client does not read the partition yet.</exception>
    public void Tick(IGroupMember member)
    {
        if (lane.Order is var order && order != _order) Begin(order, member);
        if (lane.Row is not { } row) return;
        while (_blocks.TryPeek(out var block) && block[block.Count - 1].Offset < lane.DoneBelow) Release(_blocks.Dequeue());
        var oldest = Oldest(row);
        if (_oldest < 0) Volatile.Write(ref _busySince, session.Time.GetTimestamp());
        Volatile.Write(ref _oldest, oldest);
    }

    /// <summary>What Kafka is to hear; null where the row did not move since it heard last.</summary>
    public CommittedOffset? Advance()
    {
        if (_order is null || lane.Row is not { } row || row == _handedOut) return null;
        _handedOut = row;
        var (state, none) = (new CommittedState(row.Positions) { InboxFirst = row.First }, CommittedState.Empty with { InboxFirst = row.First });
        return new CommittedOffset(partition, row.Next, state.ToText(row.Next) ?? none.ToText(row.Next)!);
    }

    public PartitionReading Read(long? logEnd)
    {
        var (row, oldest) = (lane.Row, Volatile.Read(ref _oldest));
        long? lag = logEnd is { } end && row is not null ? Math.Max(0, end - row.Next) : null;
        TimeSpan? age = oldest >= 0 ? session.Time.GetUtcNow() - RecordView.TimeOf(oldest) : lag is 0 ? TimeSpan.Zero : null;
        var isEntering = lane.Order is null;
        var status = lane.IsRetrying || (isEntering && lane.SinceMoved > session.Options.MaxRetryDelay) ? PartitionStatus.Retrying
            : isEntering ? PartitionStatus.Recovering
            : _isPaused ? PartitionStatus.Paused : PartitionStatus.Running;
        return new PartitionReading(partition.Topic, partition.Partition.Value, lag, age, status)
        {
            Stalled = isEntering ? lane.SinceMoved : oldest >= 0 ? Shorter(lane.SinceMoved, session.Time.GetElapsedTime(Volatile.Read(ref _busySince))) : TimeSpan.Zero,
            OldestUnfinished = oldest >= 0 ? age : TimeSpan.Zero,
        };
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // Reads anew: what came before is void, and whoever still reads a record of it is told so. While a handler may, its memory is left to the collector.
    private void Begin(ReadOrder? order, IGroupMember member)
    {
        if (order is not null) member.Seek(partition, order.From);
        _blocks.Clear();
        _gathered = [];
        (_order, _open, _next, Bytes) = (order, null, 0, 0);
    }

    private void Release(RecordBlock block)
    {
        Bytes -= block.Capacity;
        if (block == _open) _open = null;
        session.Memory.Return(block);
    }

    private long Oldest(InboxRow row)
    {
        foreach (var block in _blocks)
            for (var i = 0; i < block.Count; i++)
                if (block[i].Offset >= row.Next) return block[i].TimestampMilliseconds;
        return -1;
    }
}
