using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>Where the record stands that a record of the retry topic is a copy of, and the timestamp that it has there, in Unix milliseconds.</summary>
internal readonly record struct OriginalPlace(string Topic, int Partition, long Offset, long Timestamp)
{
    private static readonly SearchValues<byte> TopicNameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"u8);

    /// <summary>As the record's headers say; null where they don't.</summary>
    public static OriginalPlace? Of(RecordView retried)
    {
        if (!retried.TryGetHeader("dlq-id"u8, out _) || !retried.TryGetHeader("dlq-topic"u8, out var topic) || !IsTopicName(topic)) return null;
        return NumberOf(retried, "dlq-partition"u8) is { } partition and >= 0 and <= int.MaxValue
            && NumberOf(retried, "dlq-offset"u8) is { } offset and >= 0
            && NumberOf(retried, "dlq-timestamp"u8) is { } timestamp
            ? new OriginalPlace(Encoding.UTF8.GetString(topic), (int)partition, offset, timestamp)
            : null;
    }

    /// <summary>Whether a cluster can have a topic of that name; about others it need not be asked.</summary>
    private static bool IsTopicName(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= 249 && name.IndexOfAnyExcept(TopicNameBytes) < 0 && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8);

    private static long? NumberOf(RecordView record, ReadOnlySpan<byte> name) =>
        record.TryGetHeader(name, out var text) && Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length ? number : null;
}
