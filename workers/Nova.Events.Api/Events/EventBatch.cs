using System.Text.Json;

namespace Nova.Events.Api.Events;

/// <summary>
/// Takes a body apart into events without understanding them: a JSON array, an object with an array <c>events</c>, or a JSON value a line (NDJSON).
/// One bad event does not take the others with it; where an array stops being JSON, what was read before that place counts.
/// </summary>
internal static class EventBatch
{
    /// <summary>The events' bytes in order; an element without bytes stands for what could not be read. Null where the body is no batch at all.</summary>
    public static IReadOnlyList<BatchItem>? Split(ReadOnlyMemory<byte> body, bool lines) => lines ? Lines(body) : Array(body);

    private static List<BatchItem> Lines(ReadOnlyMemory<byte> body)
    {
        var items = new List<BatchItem>();
        while (!body.IsEmpty)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (!line.Span.Trim(" \t\r"u8).IsEmpty) items.Add(new BatchItem(line));
        }

        return items;
    }

    private static List<BatchItem>? Array(ReadOnlyMemory<byte> body)
    {
        var items = new List<BatchItem>();
        var reader = new Utf8JsonReader(body.Span);
        var inside = false;
        try
        {
            if (!FindArray(ref reader)) return null;
            inside = true;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                items.Add(new BatchItem(body[start..(int)reader.BytesConsumed]));
            }
        }
        catch (JsonException)
        {
            if (!inside) return null;
            items.Add(new BatchItem(null));
        }

        return items;
    }

    private static bool FindArray(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) return false;
        if (reader.TokenType == JsonTokenType.StartArray) return true;
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("events"u8);
            if (!reader.Read()) return false;
            if (found) return reader.TokenType == JsonTokenType.StartArray;
            reader.Skip();
        }

        return false;
    }
}

/// <summary>One event of a batch, not yet understood.</summary>
/// <param name="Json">Its bytes; null where the body stops being JSON.</param>
internal readonly record struct BatchItem(ReadOnlyMemory<byte>? Json);
