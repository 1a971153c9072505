using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Nova.Events.ChaosTests.Checking;

/// <summary>What a check found, by what must not be.</summary>
/// <typeparam name="TViolation">What must not be.</typeparam>
internal abstract partial class Findings<TViolation> where TViolation : struct, Enum
{
    private const int MaxExamples = 20;
    private readonly Dictionary<TViolation, long> _violations = Enum.GetValues<TViolation>().ToDictionary(violation => violation, _ => 0L);
    private readonly List<string> _examples = [];

    /// <summary>How often each was met.</summary>
    public IReadOnlyDictionary<TViolation, long> Violations => _violations;

    /// <summary>The first ones, each in a sentence.</summary>
    public IReadOnlyList<string> Examples => _examples;

    /// <summary>True if nothing is wrong.</summary>
    public bool Holds => _violations.Values.All(count => count == 0);

    /// <summary>Such as <c>missing 0, out of order 2</c>.</summary>
    public string Summary => string.Join(", ", _violations.Select(violation => string.Create(CultureInfo.InvariantCulture, $"{Words(violation.Key, ' ')} {violation.Value:N0}")));

    public void Add(TViolation violation, string example, long count = 1)
    {
        _violations[violation] += count;
        if (_examples.Count < MaxExamples) _examples.Add($"{violation}: {example}");
    }

    /// <summary>Adds a property for each, such as <c>out_of_order</c>.</summary>
    public void AddTo(JsonObject line)
    {
        foreach (var (violation, count) in _violations) line[Words(violation, '_')] = count;
    }

    private static string Words(TViolation violation, char between) => Capital().Replace(violation.ToString(), match => between + match.Value).ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
