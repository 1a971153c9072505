using System.Text.Json;
using Nova.Events.Kafka.DeadLetters;
using Spectre.Console;

namespace Nova.Events.Cli.DeadLetters;

/// <summary>Counts dead letters by topic and reason, for people and for scripts.</summary>
internal static class DeadLetterTable
{
    private const int Rows = 50;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>A row a topic and reason, the most frequent first, and one dead letter of each to look at.</summary>
    public static void Print(DeadLetterLog log, IReadOnlyList<DeadLetter> letters)
    {
        var kinds = Kinds(log, letters);
        if (kinds.Count == 0)
        {
            Console.WriteLine(log.Catalog.Letters.Count == 0 ? $"group '{log.Group}' has no dead letters" : $"none of the {log.Catalog.Letters.Count:N0} dead letters of group '{log.Group}' matches");
        }
        else
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("topic", "reason");
            foreach (var column in new[] { "letters", "redriven" }) table.AddColumn(new TableColumn(column).RightAligned());
            table.AddColumns("first", "last", "for example");
            foreach (var kind in kinds.Take(Rows))
                table.AddRow(
                    ShownText.Line(kind.Topic).EscapeMarkup(), ShownText.Line(kind.Reason).EscapeMarkup(), $"{kind.Letters:N0}", $"{kind.Redriven:N0}", $"{kind.First:u}", $"{kind.Last:u}", $"{kind.Example}");
            AnsiConsole.Write(table);
            if (kinds.Count > Rows) Console.WriteLine($"  {kinds.Count - Rows:N0} more reasons; --json has them all.");
        }

        if (log.Catalog.Foreign > 0) Console.WriteLine($"  {log.Catalog.Foreign:N0} records have no dlq-id: they are not ours, and are not redriven.");
    }

    /// <summary>One line of JSON.</summary>
    public static void PrintJson(DeadLetterLog log, IReadOnlyList<DeadLetter> letters) => Console.WriteLine(JsonSerializer.Serialize(
        new { log.Group, letters = letters.Count, copies = log.Catalog.Copies, foreign = log.Catalog.Foreign, kinds = Kinds(log, letters) }, Json));

    private static List<Kind> Kinds(DeadLetterLog log, IReadOnlyList<DeadLetter> letters) =>
    [
        .. letters.GroupBy(letter => (letter.Topic, letter.Reason))
            .Select(kind => new Kind(
                kind.Key.Topic, kind.Key.Reason, kind.Count(), kind.Count(log.Catalog.IsRedriven), kind.Min(letter => letter.At), kind.Max(letter => letter.At), kind.MaxBy(letter => letter.At)!.Id))
            .OrderByDescending(kind => kind.Letters).ThenBy(kind => kind.Topic, StringComparer.Ordinal).ThenBy(kind => kind.Reason, StringComparer.Ordinal),
    ];

    private sealed record Kind(string Topic, string Reason, int Letters, int Redriven, DateTimeOffset First, DateTimeOffset Last, Guid Example);
}
