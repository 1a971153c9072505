using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Nova.Events.Cli.Running;
using Nova.Events.Inbox;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Hosting;

public sealed partial class LogCatalogueTests
{
    /// <summary>The id range of each project's catalogue.</summary>
    private static readonly Dictionary<string, (int First, int Last)> Ranges = new()
    {
        ["Nova.Events.Kafka"] = (2000, 2999),
        ["Nova.Events.ClickHouse"] = (3000, 3999),
        ["Nova.Events.Relay"] = (5000, 5099),
        ["Nova.Events.ClickHouseSink"] = (6000, 6099),
        ["Nova.Events.CacheProjector"] = (6100, 6199),
        ["Nova.Events.Api"] = (6200, 6299),
        ["Nova.Events.Inbox"] = (7100, 7199),
    };

    /// <summary>Members of the line that no value may take the place of.</summary>
    private static readonly string[] Reserved = ["time", "level", "category", "event", "message", "exception"];

    private static readonly string[] Secrets = ["payload", "value", "body", "content", "password", "secret", "token", "email", "mail", "text", "connectionstring", "sql"];

    /// <summary>The token of an insert names a range of offsets; librdkafka's own text names brokers.</summary>
    private static readonly (string Project, string Placeholder)[] Harmless = [("Nova.Events.Kafka", "Token"), ("Nova.Events.ClickHouse", "Token"), ("Nova.Events.Kafka", "Text")];

    private static readonly (string Project, string Method, LoggerMessageAttribute Line)[] Lines = [.. Catalogued()];

    [Fact]
    public void There_are_lines_to_look_at() => Lines.Select(line => line.Project).Distinct().Count().ShouldBeGreaterThanOrEqualTo(5);

    [Fact]
    public void Ids_are_unique() => Lines.GroupBy(line => line.Line.EventId).Where(lines => lines.Count() > 1).Select(lines => lines.Key).ShouldBeEmpty();

    [Fact]
    public void Each_id_lies_in_its_project_s_range()
    {
        foreach (var (project, method, line) in Lines)
        {
            Ranges.ShouldContainKey(project);
            line.EventId.ShouldBeInRange(Ranges[project].First, Ranges[project].Last, $"{project} {method}");
        }
    }

    [Fact]
    public void No_line_carries_a_payload_a_token_or_an_address_of_a_person()
    {
        foreach (var (project, method, line) in Lines)
        {
            foreach (var placeholder in Placeholders(line).Where(placeholder => !Harmless.Contains((project, placeholder))))
                Secrets.Any(secret => placeholder.Contains(secret, StringComparison.OrdinalIgnoreCase)).ShouldBeFalse($"{project} {method}: {{{placeholder}}}");
        }
    }

    [Fact]
    public void No_value_hides_a_member_of_the_line_or_another_value()
    {
        foreach (var (project, method, line) in Lines)
        {
            var names = Placeholders(line).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).ToArray();
            names.Intersect(Reserved).ShouldBeEmpty($"{project} {method}");
            names.Distinct().Count().ShouldBe(names.Length, $"{project} {method}");
        }
    }

    private static IEnumerable<string> Placeholders(LoggerMessageAttribute line) => Placeholder().Matches(line.Message).Select(match => match.Groups[1].Value);

    private static IEnumerable<(string, string, LoggerMessageAttribute)> Catalogued() =>
        from assembly in Product(typeof(InboxSchema).Assembly, Product(typeof(Role).Assembly, []))
        from type in assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let line = method.GetCustomAttribute<LoggerMessageAttribute>()
        where line is not null
        select (assembly.GetName().Name!, $"{type.Name}.{method.Name}", line);

    private static HashSet<Assembly> Product(Assembly assembly, HashSet<Assembly> found)
    {
        if (!found.Add(assembly)) return found;
        foreach (var reference in assembly.GetReferencedAssemblies().Where(reference => reference.Name!.StartsWith("Nova.Events.", StringComparison.Ordinal)))
            Product(Assembly.Load(reference), found);
        return found;
    }

    [GeneratedRegex(@"\{([A-Za-z0-9_]+)[^}]*\}")]
    private static partial Regex Placeholder();
}
