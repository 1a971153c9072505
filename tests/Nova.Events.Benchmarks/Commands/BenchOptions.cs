using System.CommandLine;
using System.CommandLine.Parsing;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary>Options that more than one bench has.</summary>
internal static class BenchOptions
{
    public static Option<bool> Json() => new("--json") { Description = "One line of JSON on standard output." };

    public static Option<string> DebeziumHeap() => new("--debezium-heap") { Description = "Largest heap of Debezium's JVM.", DefaultValueFactory = _ => "1g" };

    public static Option<int> DebeziumInFlight() => Positive("--debezium-in-flight", "Requests of Debezium's producer under way at once.", DebeziumSettings.InFlight);

    /// <summary>A whole number above 0.</summary>
    public static Option<int> Positive(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(parsed =>
        {
            if (parsed.GetValueOrDefault<int>() < 1) parsed.AddError($"{name} takes a number above 0.");
        });
        return option;
    }

    /// <summary>As <c>up --for</c> takes it.</summary>
    public static Option<TimeSpan> Duration(string name, string description, TimeSpan value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value, CustomParser = parsed => UpCommand.Duration(parsed) ?? value };

    /// <summary>Names of contenders, separated by commas.</summary>
    public static Option<string[]> Skip(params string[] contenders) => new("--skip")
    {
        Description = $"Contenders to leave out, separated by commas: {string.Join(", ", contenders)}.",
        CustomParser = parsed => Names(parsed, contenders),
        DefaultValueFactory = _ => [],
    };

    private static string[] Names(ArgumentResult parsed, string[] contenders)
    {
        var names = parsed.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
        foreach (var unknown in names.Except(contenders)) parsed.AddError($"There is no contender '{unknown}' to skip, but {string.Join(" and ", contenders)}.");
        return names;
    }
}
