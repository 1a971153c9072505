using System.CommandLine;

namespace Nova.Events.Benchmarks.Commands;

/// <summary>Options that more than one bench has.</summary>
internal static class BenchOptions
{
    public static Option<bool> Json() => new("--json") { Description = "One line of JSON on standard output." };

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
}
