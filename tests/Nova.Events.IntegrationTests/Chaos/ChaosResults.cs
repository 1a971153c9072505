using System.Text.Json;
using Nova.Events.ChaosTests.Faults;
using Shouldly;

namespace Nova.Events.IntegrationTests.Chaos;

/// <summary>What a run's line of JSON says.</summary>
internal static class ChaosResults
{
    public static long Number(this JsonElement result, string name) => result.GetProperty(name).GetInt64();

    public static IEnumerable<long> Numbers(this JsonElement result, params string[] names) => names.Select(name => result.Number(name));

    /// <summary>Each kind was committed so often, or is named among the skipped ones, which are returned.</summary>
    public static IReadOnlyList<string> ShouldHaveCommitted(this JsonElement result, IEnumerable<FaultKind> kinds, Func<string, int> count)
    {
        var skipped = result.GetProperty("skipped").EnumerateArray().Select(kind => kind.GetString()!).ToList();
        foreach (var kind in kinds.Select(kind => kind.ToString()).Where(kind => !skipped.Exists(reason => reason.StartsWith(kind, StringComparison.Ordinal))))
            result.GetProperty("faults").GetProperty(kind).GetProperty("count").GetInt32().ShouldBe(count(kind), kind);
        return skipped;
    }
}
