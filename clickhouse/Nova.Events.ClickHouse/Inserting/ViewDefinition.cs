using System.Text.RegularExpressions;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>What the server's own text of a materialized view says about where it writes.</summary>
/// <param name="Target">Null where the server keeps a table for it; the database is empty where it is the view's own.</param>
/// <param name="IsRefreshed">It runs at times of its own, and not with each insert.</param>
internal sealed partial record ViewDefinition(TablePlace? Target, bool IsRefreshed)
{
    /// <summary>Null where it is no such text.</summary>
    public static ViewDefinition? Parse(string sql)
    {
        var match = Head().Match(sql);
        if (!match.Success) return null;
        var target = match.Groups["target"];
        return new ViewDefinition(
            target.Success ? new TablePlace(Unquoted(match.Groups["database"].Value), Unquoted(target.Value)) : null,
            match.Groups["refresh"].Success);
    }

    private static string Unquoted(string name) => name.StartsWith('`') ? EscapedCharacter().Replace(name[1..^1], "$1") : name;

    private const string Name = @"(?:`(?:[^`\\]|\\.|``)+`|\w+)";

    [GeneratedRegex($@"^CREATE MATERIALIZED VIEW {Name}(?:\.{Name})?(?: UUID '[^']*')?(?: ON CLUSTER \S+)?(?<refresh> REFRESH (?:EVERY|AFTER) .*?)?(?: TO INNER UUID '[^']*'| TO (?:(?<database>{Name})\.)?(?<target>{Name})(?= |$)| (?=\())", RegexOptions.Singleline)]
    private static partial Regex Head();

    [GeneratedRegex(@"\\(.)|`(`)")]
    private static partial Regex EscapedCharacter();
}
