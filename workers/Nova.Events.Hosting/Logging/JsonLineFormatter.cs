using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Nova.Events.Hosting.Logging;

/// <summary>
/// One flat JSON object a line: <c>time</c>, <c>level</c>, <c>category</c>, <c>event</c>, <c>message</c>, then the message's values under
/// snake_case names (<c>elapsed_ms</c>, <c>outcome</c>, ids), then <c>exception</c>.
/// </summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Renders strings without quotes.</summary>
    private static readonly MessageTemplateTextFormatter MessageText = new("{Message:lj}", System.Globalization.CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", logEvent.Timestamp.UtcDateTime);
            json.WriteString("level", Level(logEvent.Level));
            foreach (var (name, value) in logEvent.Properties) Property(json, name, value);
            json.WriteString("message", Message(logEvent));
            if (logEvent.Exception is { } exception) json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static string Message(LogEvent logEvent)
    {
        using var text = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        MessageText.Format(logEvent, text);
        return text.ToString();
    }

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "trace",
        LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "info",
        LogEventLevel.Warning => "warn",
        LogEventLevel.Error => "error",
        _ => "critical",
    };

    private static void Property(Utf8JsonWriter json, string name, LogEventPropertyValue value)
    {
        switch (name)
        {
            case "SourceContext":
                json.WritePropertyName("category");
                break;
            // A path can hold a user's id; our own request line has the route's template.
            case "RequestPath":
                return;
            case "EventId" when value is StructureValue id:
                if (id.Properties.FirstOrDefault(property => property.Name == "Id") is { } number) Property(json, "event", number.Value);
                return;
            default:
                json.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
                break;
        }

        Value(json, value);
    }

    private static void Value(Utf8JsonWriter json, LogEventPropertyValue value)
    {
        switch ((value as ScalarValue)?.Value)
        {
            case null when value is ScalarValue: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int or long or short or byte or uint or ushort: json.WriteNumberValue(Convert.ToInt64(((ScalarValue)value).Value, null)); break;
            case ulong large: json.WriteNumberValue(large); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(Math.Round(number, 3)); break;
            case string text: json.WriteStringValue(text); break;
            case { } other: json.WriteStringValue(Convert.ToString(other, System.Globalization.CultureInfo.InvariantCulture)); break;
            default: json.WriteStringValue(value.ToString()); break;
        }
    }
}
