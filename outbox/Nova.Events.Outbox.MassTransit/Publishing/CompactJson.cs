using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>MassTransit's JSON of a message, without its envelope and its indentation.</summary>
internal static class CompactJson
{
    private static Pair? _options;

    public static byte[] Of<T>(SendContext<T> context)
        where T : class => new SystemTextJsonRawMessageBody<T>(context, Options).GetBytes();

    public static string Text(object value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Those of the process, which a bus may replace when it is configured.</summary>
    private static JsonSerializerOptions Options
    {
        get
        {
            var current = SystemTextJsonMessageSerializer.Options;
            if (_options is not { } known || known.Of != current) _options = known = new Pair(current, new JsonSerializerOptions(current) { WriteIndented = false });
            return known.Compact;
        }
    }

    private sealed record Pair(JsonSerializerOptions Of, JsonSerializerOptions Compact);
}
