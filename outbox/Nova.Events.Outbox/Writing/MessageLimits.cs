using System.Text;
using System.Text.RegularExpressions;

namespace Nova.Events.Outbox.Writing;

/// <summary>What the table's constraints refuse, as far as it can be told before the round trip: the transaction then lives on.</summary>
internal static partial class MessageLimits
{
    private const int MaxRecordBytes = 2_000_000;
    private static readonly DateTimeOffset FirstDate = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset EndOfDates = new(2299, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <exception cref="PayloadTooLargeException">Payload or record are too large.</exception>
    /// <exception cref="MessageRefusedException">A name or the time is none.</exception>
    public static void Check(OutboxMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Payload is { Length: > OutboxMessage.MaxPayloadBytes } payload) throw new PayloadTooLargeException(message.Type, payload.Length);
        if (!Topic().IsMatch(message.AggregateType)) throw MessageRefusedException.For("aggregatetype_names_a_topic");
        if (!Tenant().IsMatch(message.Tenant)) throw MessageRefusedException.For("tenant_is_a_name");
        if (message.OccurredAt is { } time && (time < FirstDate || time >= EndOfDates)) throw MessageRefusedException.For("occurred_at_is_a_date");
        if (RecordBytes(message) > MaxRecordBytes) throw new PayloadTooLargeException("record_at_most_2_mb", inner: null);
    }

    private static long RecordBytes(OutboxMessage message)
    {
        long bytes = Utf8(message.AggregateId) + Utf8(message.Type) + Utf8(message.Traceparent) + (message.Payload?.Length ?? 0);
        foreach (var (name, value) in message.Headers ?? EmptyHeaders) bytes += Utf8(name) + Utf8(value);
        return bytes;
    }

    private static IReadOnlyDictionary<string, string> EmptyHeaders { get; } = new Dictionary<string, string>();

    private static int Utf8(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,200}\z")]
    private static partial Regex Topic();

    [GeneratedRegex(@"^[A-Za-z0-9._-]{0,64}\z")]
    private static partial Regex Tenant();
}
