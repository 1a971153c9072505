using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>Makes of a record of the retry topic the one that it is a copy of: its place, its timestamp, its headers. Not thread-safe.</summary>
internal sealed class OriginalRecord
{
    private const int FirstBytes = 4 << 10;

    private static readonly byte[][] Added =
    [
        [.. "dlq-id"u8], [.. "dlq-topic"u8], [.. "dlq-partition"u8], [.. "dlq-offset"u8], [.. "dlq-timestamp"u8],
        [.. "dlq-group"u8], [.. "dlq-reason"u8], [.. "dlq-exception"u8], [.. "dlq-attempts"u8], [.. "retry-delay"u8],
    ];

    private RecordBlock _block = new(FirstBytes, records: 1);

    /// <summary>In memory that the next call uses again; null where the record does not say where it came from.</summary>
    public RecordView? Of(RecordView retried)
    {
        if (OriginalPlace.Of(retried) is not { } place) return null;
        var size = RecordLayout.SizeOf(retried.Key.Length, retried.Value.Length, SizeOfHeaders(retried));
        if (size > _block.Capacity) _block = new RecordBlock(size, records: 1);
        _block.Begin(place.Topic, place.Partition);
        _block.TryReserve(size, out var target);
        target = RecordLayout.Write(target, place.Offset, place.Timestamp, retried.HasKey, retried.Key, !retried.IsTombstone, retried.Value);
        foreach (var header in retried.Headers)
            if (!IsAdded(header.Name)) target = RecordLayout.WriteHeader(target, NameOf(header.Name), header.Value, header.IsNull);
        return _block[0];
    }

    private static int SizeOfHeaders(RecordView retried)
    {
        var size = 0;
        foreach (var header in retried.Headers)
            if (!IsAdded(header.Name)) size += RecordLayout.SizeOfHeader(NameOf(header.Name).Length, header.Value.Length);
        return size;
    }

    private static bool IsAdded(ReadOnlySpan<byte> name)
    {
        foreach (var added in Added)
            if (name.SequenceEqual(added)) return true;
        return false;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> name) => name.SequenceEqual("original-position"u8) ? "position"u8 : name;
}
