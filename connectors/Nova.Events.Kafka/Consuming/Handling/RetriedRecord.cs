using System.Buffers.Text;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>What a record of a retry topic says about itself.</summary>
internal static class RetriedRecord
{
    /// <summary>Nobody tries a record more often: a header that says so is no count, and adding to it must not overflow.</summary>
    private const int MaxAttempts = 1_000_000_000;

    /// <summary>How often it was tried before it came there; 0 where it does not say.</summary>
    public static int AttemptsOf(RecordView record) => NumberOf(record, "dlq-attempts"u8) is >= 0 and <= MaxAttempts and var attempts ? (int)attempts : 0;

    /// <summary>
    /// How long it still waits: its delay since it was written, by its timestamp. Never longer than the delay, so that a clock that is wrong costs no more.
    /// </summary>
    public static TimeSpan DelayOf(RecordView record, DateTimeOffset now)
    {
        var delay = Math.Clamp(NumberOf(record, "retry-delay"u8), 0, (long)TimeSpan.FromDays(7).TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Clamp(record.TimestampMilliseconds + delay - now.ToUnixTimeMilliseconds(), 0, delay));
    }

    private static long NumberOf(RecordView record, ReadOnlySpan<byte> name) =>
        record.TryGetHeader(name, out var text) && Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length ? number : 0;
}
