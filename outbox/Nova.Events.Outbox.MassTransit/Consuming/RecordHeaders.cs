using System.Text;
using MassTransit;
using MassTransit.Logging;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Outbox.MassTransit.Consuming;

/// <summary>A record's headers as MassTransit reads a transport's.</summary>
internal static class RecordHeaders
{
    /// <summary>
    /// All of the record's, as text, and beside them what MassTransit looks for: message id, types, trace context, and from the second attempt on that it is
    /// a redelivery. Addresses for answers and faults are left out: a record is no request.
    /// </summary>
    public static Dictionary<string, object> Of(ConsumedRecord record, string? urns, int attempt)
    {
        var headers = new Dictionary<string, object>(record.Headers.Count + 4, StringComparer.Ordinal);
        foreach (var (name, value) in record.Headers)
            if (value is not null && name is not (MessageHeaders.RequestId or MessageHeaders.ResponseAddress or MessageHeaders.FaultAddress)) headers[name] = Encoding.UTF8.GetString(value);
        if (headers.TryGetValue(HeaderNames.Id, out var id)) headers.TryAdd(MessageHeaders.MessageId, id);
        if (headers.TryGetValue(HeaderNames.Traceparent, out var trace)) headers.TryAdd(DiagnosticHeaders.ActivityId, trace);
        if (urns is not null) headers[MessageHeaders.MessageType] = urns;
        headers.TryAdd(MessageHeaders.ContentType, Publishing.OutboxRules.RawJson);
        if (attempt > 1) headers["DeliveryCount"] = attempt;
        return headers;
    }
}
