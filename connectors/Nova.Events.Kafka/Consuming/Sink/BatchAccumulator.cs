using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>What ended a batch.</summary>
internal enum FlushReason
{
    Rows,
    Bytes,
    Age,
    Intent,
    Stop,
}

/// <summary>Records of a contiguous range, as they were read.</summary>
internal sealed record SealedBatch(OffsetRange Range, GatheredRecords Records, FlushReason Reason);

/// <summary>
/// Gathers the records of one partition until rows, bytes or age say enough. While an earlier owner's intent is to be repeated only its last offset counts.
/// </summary>
internal sealed class BatchAccumulator(TopicPartition partition, long firstOffset, RecordBlockPool pool, SinkConsumerOptions options, TimeProvider time)
{
    private GatheredRecords _records = new(partition, pool);
    private long _oldest;

    /// <summary>The next range begins here.</summary>
    public long FirstOffset { get; private set; } = firstOffset;

    /// <summary>Last offset of the intent to be repeated first; null once it is sealed.</summary>
    public long? SealAt { get; set; }

    /// <summary>Bytes of memory that its records take, used or not.</summary>
    public long Bytes => _records.Bytes;

    public DateTimeOffset? OldestTimestamp { get; private set; }

    public bool IsEmpty => _records.Count == 0;

    public void Add(in FetchedRecord record)
    {
        _records.Add(record);
        if (_records.Count == 1) (_oldest, OldestTimestamp) = (time.GetTimestamp(), _records.Last.Timestamp);
    }

    /// <summary>Why the batch should end now; null while it should not.</summary>
    public FlushReason? Due()
    {
        if (_records.Count == 0) return null;
        if (SealAt is { } last) return _records.Last.Offset >= last ? FlushReason.Intent : null;
        if (_records.Count >= options.BatchRows) return FlushReason.Rows;
        if (_records.Size >= options.BatchBytes) return FlushReason.Bytes;
        return time.GetElapsedTime(_oldest) >= options.BatchAge ? FlushReason.Age : null;
    }

    /// <summary>
    /// True where the intent ends before <paramref name="offset"/>, and is to be sealed first: its last record may be gone from the log meanwhile.
    /// </summary>
    public bool EndsBefore(long offset) => SealAt is { } last && offset > last;

    /// <summary>Ends the batch; an intent's batch at exactly the intent's last offset, even where that offset holds no record any more.</summary>
    public SealedBatch Seal(FlushReason reason)
    {
        var last = reason == FlushReason.Intent && SealAt is { } intended ? intended : _records.Last.Offset;
        var batch = new SealedBatch(new OffsetRange(partition.Topic, partition.Partition.Value, FirstOffset, last), _records, reason);
        (FirstOffset, SealAt, OldestTimestamp, _records) = (last + 1, null, null, new GatheredRecords(partition, pool));
        return batch;
    }
}
