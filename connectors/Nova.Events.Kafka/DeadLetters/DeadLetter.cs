using System.Globalization;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.DeadLetters;

/// <summary>A dead letter without its key and value.</summary>
/// <param name="Id">The same for each copy, and for the same record when it fails again.</param>
/// <param name="Partition">Partition of the dead-letter topic.</param>
/// <param name="Offset">Offset in it.</param>
/// <param name="At">When it was given up: the timestamp of the dead letter.</param>
/// <param name="Topic">Topic that the record came from; empty where the headers don't say.</param>
/// <param name="Reason">Why, in one sentence; empty where the headers don't say.</param>
/// <param name="EventType">Its event type, where it has one.</param>
/// <param name="Attempts">How often handling was tried, redriven attempts included: a letter that failed again has more than before.</param>
public sealed record DeadLetter(Guid Id, int Partition, long Offset, DateTimeOffset At, string Topic, string Reason, string? EventType, int Attempts)
{
    /// <summary>Null where the record carries no id of a dead letter: repeats of it could not be told.</summary>
    public static DeadLetter? Of(ConsumedRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!Guid.TryParseExact(record.Header(HeaderNames.DeadLetterId), "D", out var id)) return null;
        _ = int.TryParse(record.Header(HeaderNames.DeadLetterAttempts), NumberStyles.None, CultureInfo.InvariantCulture, out var attempts);
        return new DeadLetter(
            id, record.Partition, record.Offset, record.Timestamp,
            record.Header(HeaderNames.DeadLetterTopic) ?? "", record.Header(HeaderNames.DeadLetterReason) ?? "", record.Header(HeaderNames.EventType), attempts);
    }
}
