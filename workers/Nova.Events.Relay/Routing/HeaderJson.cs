using System.Text;
using System.Text.Json;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Relay.Routing;

/// <summary>The writer's further headers: a JSON object, string to string. Other values keep their JSON text; what is no object adds nothing.</summary>
internal static class HeaderJson
{
    /// <summary>PostgreSQL nests jsonb deeper than the reader's default allows.</summary>
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Adds them, but for those whose name we have set: consumers read the last of a name.</summary>
    /// <exception cref="PoisonException">A name or a value is no text.</exception>
    public static void AddTo(RecordBuilder record, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return;
        var reader = new Utf8JsonReader(json, AnyDepth);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return;
        try
        {
            AddTo(record, document.RootElement);
        }
        catch (InvalidOperationException)
        {
            throw PoisonException.NoUnicode();
        }
    }

    private static void AddTo(RecordBuilder record, JsonElement headers)
    {
        // Looked for among ours only: there may be very many of the writer's.
        var ours = record.HeaderCount;
        foreach (var property in headers.EnumerateObject())
        {
            var name = Encoding.UTF8.GetBytes(property.Name);
            // A zero byte would end the name, and could make it one of ours.
            if (name.Length == 0 || name.AsSpan().Contains((byte)0) || record.HasHeader(name, ours)) continue;
            record.AddHeader(name, Encoding.UTF8.GetBytes(property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText()));
        }
    }
}
