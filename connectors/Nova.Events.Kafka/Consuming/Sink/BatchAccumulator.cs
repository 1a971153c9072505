using Nova.Events.Contracts.Records;

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
internal sealed record SealedBatch(OffsetRange Range, IReadOnlyList<ConsumedRecord> Records, long Bytes, FlushReason Reason);

/// <summary>
/// Gathers the records of one partition until rows, bytes or age say enough. While an earlier owner's intent is to be repeated only its last offset counts.
/// </summary>
internal sealed class BatchAccumulator(string topic, int partition, long firstOffset, SinkConsumerOptions options, TimeProvider time)
{
    private List<ConsumedRecord> _records = [];
    private long _oldest;

    /// <summary>The next range begins here.</summary>
    public long FirstOffset { get; private set; } = firstOffset;

    /// <summary>Last offset of the intent to be repeated first; null once it is sealed.</summary>
    public long? SealAt { get; set; }

    public long Bytes { get; private set; }

    public DateTimeOffset? OldestTimestamp => _records.Count == 0 ? null : _records[0].Timestamp;

    public bool IsEmpty => _records.Count == 0;

    public void Add(ConsumedRecord record)
    {
        if (_records.Count == 0) _oldest = time.GetTimestamp();
        _records.Add(record);
        Bytes += record.Footprint();
    }

    /// <summary>Why the batch should end now; null while it should not.</summary>
    public FlushReason? Due()
    {
        if (_records.Count == 0) return null;
        if (SealAt is { } last) return _records[^1].Offset >= last ? FlushReason.Intent : null;
        if (_records.Count >= options.BatchRows) return FlushReason.Rows;
        if (Bytes >= options.BatchBytes) return FlushReason.Bytes;
        return time.GetElapsedTime(_oldest) >= options.BatchAge ? FlushReason.Age : null;
    }

    /// <summary>Ends the batch; an intent's batch at exactly the intent's last offset, even where that offset holds no record any more.</summary>
    public SealedBatch Seal(FlushReason reason)
    {
        var last = reason == FlushReason.Intent && SealAt is { } intended ? intended : _records[^1].Offset;
        var taken = _records.Count > 0 && _records[^1].Offset > last ? _records.FindAll(record => record.Offset <= last) : _records;
        var rest = ReferenceEquals(taken, _records) ? [] : _records.FindAll(record => record.Offset > last);
        var batch = new SealedBatch(new OffsetRange(topic, partition, FirstOffset, last), taken, taken.Sum(record => record.Footprint()), reason);
        (FirstOffset, SealAt, Bytes, _records, _oldest) = (last + 1, null, rest.Sum(record => record.Footprint()), rest, time.GetTimestamp());
        return batch;
    }
}
