using System.Text;
using System.Text.Json;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.DeadLetters;

namespace Nova.Events.Cli.DeadLetters;

/// <summary>Shows one dead letter to people and to scripts.</summary>
internal static class DeadLetterText
{
    private const int HeaderLimit = 1_000;
    private const int ValueLimit = 16_000;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Where it lies and what became of it, its headers, key and value.</summary>
    public static void Print(DeadLetterLog log, DeadLetter letter, ConsumedRecord record)
    {
        Console.WriteLine($"dead letter {letter.Id}, {record}, given up {letter.At:u}");
        Console.WriteLine($"  {Fate(log, letter)}");
        Console.WriteLine("headers");
        foreach (var header in record.Headers) Console.WriteLine($"  {ShownText.Line(header.Name)}: {ShownText.Line(ShownText.Of(header.Value, HeaderLimit))}");
        Console.WriteLine($"key\n  {ShownText.Line(ShownText.Of(record.Key, HeaderLimit))}");
        Console.WriteLine($"value\n  {ShownText.Of(record.Value, ValueLimit).Replace("\r", "\\r", StringComparison.Ordinal)}");
    }

    /// <summary>One line of JSON; keys, values and headers in base64, and as text where they are UTF-8.</summary>
    public static void PrintJson(DeadLetterLog log, DeadLetter letter, ConsumedRecord record) => Console.WriteLine(JsonSerializer.Serialize(
        new
        {
            letter.Id, record.Topic, record.Partition, record.Offset, letter.At, redriven = log.Catalog.IsRedriven(letter), state = log.Catalog.StateOf(letter.Id),
            headers = record.Headers.Select(header => new { header.Name, Text = Text(header.Value), Bytes = header.Value }),
            key = new { Text = Text(record.Key), Bytes = record.Key },
            value = new { Text = Text(record.Value), Bytes = record.Value },
        },
        Json));

    private static string Fate(DeadLetterLog log, DeadLetter letter) => log.Catalog.StateOf(letter.Id) switch
    {
        null => "not redriven",
        { } state when log.Catalog.IsRedriven(letter) => $"redriven {state.RedrivenAt:u} by run {state.Run}, {Times(state)}; it has not failed again",
        { } state => $"redriven {state.RedrivenAt:u} by run {state.Run}, {Times(state)}; it has failed again since",
    };

    private static string Times(DeadLetterState state) => state.Redrives == 1 ? "once" : $"{state.Redrives:N0} times";

    private static string? Text(byte[]? bytes) => bytes is not null && System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
