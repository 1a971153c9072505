using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nova.Events.Kafka.DeadLetters;

/// <summary>What became of a dead letter, as <c>{group}.dlq-state</c> keeps it.</summary>
/// <param name="RedrivenAt">When its retry record was acknowledged.</param>
/// <param name="Run">Which redrive wrote it.</param>
/// <param name="Attempts">Attempts that the letter told of when it was redriven; with more it has failed again since.</param>
/// <param name="Redrives">How often it was redriven, as far as states were acknowledged.</param>
public sealed record DeadLetterState(DateTimeOffset RedrivenAt, string Run, int Attempts, int Redrives)
{
    /// <summary>Null for a tombstone and for what is no state: such a letter counts as not redriven, and a repeat is dropped by its consumer.</summary>
    public static DeadLetterState? Parse(byte[]? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, DeadLetterJson.Default.DeadLetterState);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>JSON in UTF-8.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, DeadLetterJson.Default.DeadLetterState);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DeadLetterState))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
