using System.Threading.Channels;
using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Gathers the records of one partition until rows, bytes or age say enough, and hands them over block by block, so that they are encoded meanwhile. While an
/// earlier owner's intent is to be repeated only its last offset counts.
/// </summary>
internal sealed class BatchAccumulator(
    TopicPartition partition, long firstOffset, ChannelWriter<GatheredItem> items, RecordBlockPool pool, BatchPace pace, SinkConsumerOptions options, TimeProvider time)
{
    private RecordBlock? _open;
    private long _oldest;
    private long _lastOffset;
    private long _size;

    /// <summary>The next range begins here.</summary>
    public long FirstOffset { get; private set; } = firstOffset;

    /// <summary>Last offset of the intent to be repeated first; null once it is sealed.</summary>
    public long? SealAt { get; set; }

    public int Count { get; private set; }

    public DateTimeOffset? OldestTimestamp { get; private set; }

    /// <summary>Bytes of memory that was handed over, used or not; grows for ever.</summary>
    public long BytesHandedOver { get; private set; }

    /// <summary>Bytes of memory that records take which were not handed over.</summary>
    public long BytesHeld => _open?.Capacity ?? 0;

    public void Add(in FetchedRecord record)
    {
        if (_open is null || !record.TryCopyTo(_open))
        {
            HandOver();
            _open = pool.Rent(partition, record.Size);
            record.TryCopyTo(_open);
        }

        if (Count == 0) (_oldest, OldestTimestamp) = (time.GetTimestamp(), _open[0].Timestamp);
        Count++;
        (_size, _lastOffset) = (_size + record.Size, record.Offset);
    }

    /// <summary>Why the batch should end now; null while it should not.</summary>
    public FlushReason? Due()
    {
        if (Count == 0) return null;
        if (SealAt is { } last) return _lastOffset >= last ? FlushReason.Intent : null;
        if (Count >= options.BatchRows) return FlushReason.Rows;
        if (_size >= options.BatchBytes) return FlushReason.Bytes;
        return time.GetElapsedTime(_oldest) >= pace.Age ? FlushReason.Age : null;
    }

    /// <summary>True once twice as much as a batch should have is waiting for its turn.</summary>
    public bool IsOverfull => SealAt is null && (Count >= 2L * options.BatchRows || _size >= 2 * options.BatchBytes);

    /// <summary>True where the intent ends before <paramref name="offset"/>, and is to be sealed first: its last record may be gone from the log meanwhile.</summary>
    public bool EndsBefore(long offset) => SealAt is { } last && offset > last;

    /// <summary>Where the batch ends: one of an intent at exactly the intent's last offset, even where that offset holds no record any more.</summary>
    public long LastOf(FlushReason reason) => reason == FlushReason.Intent && SealAt is { } intended ? intended : _lastOffset;

    /// <summary>Ends the batch.</summary>
    public OffsetRange Seal(FlushReason reason)
    {
        HandOver();
        var last = LastOf(reason);
        var range = new OffsetRange(partition.Topic, partition.Partition.Value, FirstOffset, last);
        items.TryWrite(new GatheredItem(null, range, reason));
        (FirstOffset, SealAt, OldestTimestamp, Count, _size) = (last + 1, null, null, 0, 0);
        return range;
    }

    private void HandOver()
    {
        if (_open is null) return;
        BytesHandedOver += _open.Capacity;
        items.TryWrite(new GatheredItem(_open, default, default));
        _open = null;
    }
}
