using System.Globalization;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Serialization;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>
/// What MassTransit knows of a message, as headers of the record, named as its raw JSON names them. The message id is the event id, the trace context
/// has its own column, and the 300 bytes about the host are left out.
/// </summary>
internal static class OutboxHeaders
{
    public static Dictionary<string, string> Of<T>(SendContext<T> context)
        where T : class
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in context.Headers.GetAll())
            if (value is not null && name is not (DiagnosticHeaders.ActivityId or MessageHeaders.MessageId or MessageHeaders.Host.Info)) headers[name] = Text(value);
        headers[MessageHeaders.ContentType] = SystemTextJsonRawMessageSerializer.JsonContentType.MediaType;
        headers[MessageHeaders.MessageType] = string.Join(';', context.SupportedMessageTypes);
        Add(MessageHeaders.CorrelationId, context.CorrelationId);
        Add(MessageHeaders.ConversationId, context.ConversationId);
        Add(MessageHeaders.InitiatorId, context.InitiatorId);
        Add(MessageHeaders.SourceAddress, context.SourceAddress);
        return headers;

        void Add(string name, object? value)
        {
            if (value is not null) headers[name] = value.ToString()!;
        }
    }

    /// <summary>Text stays what it is; what has an invariant text takes that; the rest is JSON, as MassTransit reads it back.</summary>
    private static string Text(object value) => value switch
    {
        string text => text,
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => CompactJson.Text(value),
    };
}
