using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Nova.Events.ChaosTests.Faults;

namespace Nova.Events.ChaosTests.Running;

/// <summary>The faults of a run, by kind: for people and for scripts.</summary>
internal static class FaultTable
{
    /// <summary>Appends the head of the table and a line a kind.</summary>
    /// <param name="text">Grows.</param>
    /// <param name="state">The run.</param>
    /// <param name="kinds">In the order in which they are told.</param>
    /// <param name="farEnd">Where silence is watched.</param>
    /// <param name="skipped">Kinds that could not be committed here.</param>
    /// <param name="tookOver">Head of the column that counts how often another process took over; null for no such column.</param>
    public static void AppendTo(StringBuilder text, ChaosState state, IReadOnlyList<FaultKind> kinds, string farEnd, IEnumerable<string> skipped, string? tookOver = null)
    {
        var silence = $"silence in {farEnd} (s): median";
        text.AppendLine().AppendLine($"fault              count  {silence}   worst{(tookOver is null ? "" : "  " + tookOver)}");
        foreach (var kind in Kinds(state, kinds))
        {
            text.Append(CultureInfo.InvariantCulture, $"{kind.Name,-17}  {kind.Count,5}  {Seconds(kind.Median).PadLeft(silence.Length)}  {Seconds(kind.Worst),6}");
            if (tookOver is not null) text.Append("  ").Append(kind.TakenOver.ToString(CultureInfo.InvariantCulture).PadLeft(tookOver.Length));
            text.AppendLine();
        }

        foreach (var one in skipped) text.AppendLine($"skipped {one}");
        text.AppendLine();
    }

    /// <summary>An object with a property a kind.</summary>
    public static JsonObject Json(ChaosState state, IReadOnlyList<FaultKind> kinds) => new(Kinds(state, kinds).Select(kind => KeyValuePair.Create(kind.Name, (JsonNode?)new JsonObject
    {
        ["count"] = kind.Count, ["median_silence_seconds"] = Rounded(kind.Median), ["worst_silence_seconds"] = Rounded(kind.Worst), ["taken_over"] = kind.TakenOver,
    })));

    private static IEnumerable<(string Name, int Count, double? Median, double? Worst, int TakenOver)> Kinds(ChaosState state, IReadOnlyList<FaultKind> kinds) =>
        from kind in kinds
        let outcomes = state.Outcomes.Where(outcome => outcome.Kind == kind.ToString()).ToList()
        where outcomes.Count > 0
        let seconds = outcomes.Select(outcome => outcome.SilenceSeconds).OfType<double>().Order().ToList()
        select (kind.ToString(), outcomes.Count, seconds.Count == 0 ? null : (double?)seconds[seconds.Count / 2], seconds.Count == 0 ? null : (double?)seconds[^1],
            outcomes.Count(outcome => outcome.OtherTookOver == true));

    private static string Seconds(double? seconds) => seconds is { } known ? known.ToString("0.0", CultureInfo.InvariantCulture) : "-";

    private static double? Rounded(double? seconds) => seconds is { } known ? Math.Round(known, 2) : null;
}
