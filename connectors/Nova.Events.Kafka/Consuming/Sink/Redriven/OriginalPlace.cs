using System.Buffers.Text;
using System.Text;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>Where the record stands that a record of the retry topic is a copy of, and the timestamp that it has there, in Unix milliseconds.</summary>
internal readonly record struct OriginalPlace(string Topic, int Partition, long Offset, long Timestamp)
{
    /// <summary>As the record's headers say; null where they don't.</summary>
    public static OriginalPlace? Of(RecordView retried)
    {
        if (!retried.TryGetHeader("dlq-id"u8, out _) || !retried.TryGetHeader("dlq-topic"u8, out var topic) || topic.IsEmpty) return null;
        return NumberOf(retried, "dlq-partition"u8) is { } partition and >= 0 and <= int.MaxValue
            && NumberOf(retried, "dlq-offset"u8) is { } offset and >= 0
            && NumberOf(retried, "dlq-timestamp"u8) is { } timestamp
            ? new OriginalPlace(Encoding.UTF8.GetString(topic), (int)partition, offset, timestamp)
            : null;
    }

    private static long? NumberOf(RecordView record, ReadOnlySpan<byte> name) =>
        record.TryGetHeader(name, out var text) && Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length ? number : null;
}
