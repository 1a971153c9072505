using System.Globalization;
using System.Text.Json;

namespace Nova.Events.Outbox.Writing;

/// <summary>JSON of a message: its headers, and the whole of it for the table-less mode.</summary>
internal static class MessageJson
{
    /// <summary>The headers as a JSON object; null without any.</summary>
    public static byte[]? Headers(OutboxMessage message) =>
        message.Headers is { Count: > 0 } ? Bytes(json => WriteHeaders(json, message)) : null;

    /// <summary>
    /// A JSON object with members named like the outbox's columns: id, aggregatetype, aggregateid, type, payload (nested; null for a tombstone), headers,
    /// traceparent, tenant, occurred_at. An absent member is null or empty.
    /// </summary>
    /// <exception cref="MessageRefusedException">The payload is no JSON.</exception>
    public static byte[] Whole(OutboxMessage message, DateTimeOffset now) => Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("id", message.Id);
        json.WriteString("aggregatetype", message.AggregateType);
        json.WriteString("aggregateid", message.AggregateId);
        json.WriteString("type", message.Type);
        WritePayload(json, message.Payload);
        if (message.Headers is { Count: > 0 })
        {
            json.WritePropertyName("headers");
            WriteHeaders(json, message);
        }

        if (message.Traceparent is { Length: > 0 } traceparent) json.WriteString("traceparent", traceparent);
        if (message.Tenant.Length > 0) json.WriteString("tenant", message.Tenant);
        json.WriteString("occurred_at", (message.OccurredAt ?? now).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    });

    private static void WritePayload(Utf8JsonWriter json, byte[]? payload)
    {
        json.WritePropertyName("payload");
        try
        {
            if (payload is null) json.WriteNullValue();
            else json.WriteRawValue(payload);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw MessageRefusedException.For("payload_is_json", exception);
        }
    }

    private static void WriteHeaders(Utf8JsonWriter json, OutboxMessage message)
    {
        json.WriteStartObject();
        foreach (var (name, value) in message.Headers!) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return bytes.ToArray();
    }
}
