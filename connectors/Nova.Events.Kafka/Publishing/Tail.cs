using System.Text;
using System.Text.Json;
using Nova.Events.Contracts;

namespace Nova.Events.Kafka.Publishing;

/// <summary>The record of a source with the highest position in a partition: up to it, everything was published.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Id">Its id, as it stands in the header; of a captured row, when it was committed, in microseconds; null of a tombstone.</param>
public sealed record Tail(Position Position, byte[]? Id)
{
    /// <summary>A captured row has no id: when it was committed, in microseconds, tells it from another one at its position. Null for a tombstone, and for what is no envelope.</summary>
    public static byte[]? CommitTimeOf(byte[]? value)
    {
        if (value is null) return null;
        try
        {
            using var envelope = JsonDocument.Parse(value);
            return envelope.RootElement.ValueKind == JsonValueKind.Object && envelope.RootElement.TryGetProperty("source", out var source)
                && source.ValueKind == JsonValueKind.Object && source.TryGetProperty("ts_us", out var time) ? Encoding.UTF8.GetBytes(time.GetRawText()) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
