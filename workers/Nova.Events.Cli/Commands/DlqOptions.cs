using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Nova.Events.Kafka.DeadLetters;

namespace Nova.Events.Cli.Commands;

/// <summary>What <c>list</c> and <c>redrive</c> have in common: which dead letters are meant.</summary>
internal sealed class DlqOptions
{
    private readonly Option<string?> _topic = new("--topic") { Description = "Only those that came from this topic." };
    private readonly Option<string?> _reason = new("--reason") { Description = "Only those whose reason contains this text." };
    private readonly Option<string?> _type = new("--type") { Description = "Only those of this event type." };
    private readonly Option<DateTimeOffset?> _since = new("--since") { Description = "Only those given up since then (2026-03-01T12:00Z), or so long ago (90m, 24h).", CustomParser = Since };

    public static Option<string> Group() => new("--group") { Description = "The consumer group.", Required = true };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _topic, _reason, _type, _since }) command.Add(option);
    }

    public DeadLetterFilter Filter(ParseResult parsed, Guid[]? ids = null) => new()
    {
        Topic = parsed.GetValue(_topic),
        Reason = parsed.GetValue(_reason),
        EventType = parsed.GetValue(_type),
        Since = parsed.GetValue(_since),
        Ids = ids ?? [],
    };

    private static DateTimeOffset? Since(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (text.Length > 0 && char.IsAsciiLetter(text[^1]) && text[^1] != 'Z')
            return UpCommand.Duration(result) is { } ago ? TimeProvider.System.GetUtcNow() - ago : null;
        if (text.Contains('-', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        result.AddError($"'{text}' is no time. Write 2026-03-01T12:00Z, or 90m for so long ago.");
        return null;
    }
}
