using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Nova.Events.ChaosTests.Checking;
using Nova.Events.ChaosTests.Faults;

namespace Nova.Events.ChaosTests.Running;

/// <summary>A result as a table, and as one line.</summary>
internal static class ChaosReport
{
    public static string Text(ChaosResult result)
    {
        var (text, state, check) = (new StringBuilder(), result.State, result.Check);
        text.AppendLine(Invariant($"nova chaos relay, seed {state.Seed}, {state.Faults} of each kind, {state.Rate} transactions a second{(state.Resumptions > 0 ? $", resumed {state.Resumptions} times" : "")}"));
        text.AppendLine().AppendLine("fault            count  silence in Kafka (s): median   worst  other relay took over");
        foreach (var kind in Kinds(state))
            text.AppendLine(Invariant($"{kind.Name,-15}  {kind.Count,5}  {Seconds(kind.Median),26}  {Seconds(kind.Worst),6}  {kind.TakenOver,21}"));
        foreach (var skipped in result.Skipped) text.AppendLine($"skipped {skipped}");
        text.AppendLine().AppendLine(Invariant($"transactions: {state.Committed:N0} committed, {state.RolledBack:N0} rolled back, {state.Failed:N0} failed, {state.InDoubt:N0} in doubt (the database settled them)"));
        text.AppendLine(Invariant($"events: {check.Committed:N0} committed, {check.Published:N0} published, {check.Parked:N0} parked; takeovers: {state.Takeovers}"));
        text.AppendLine(Invariant($"repeats in the log, dropped by the position rule: {check.Repeats:N0}; of parked records: {check.ParkedRepeats:N0}"));
        text.AppendLine(string.Join(", ", check.Violations.Select(violation => Invariant($"{Name(violation.Key)} {violation.Value:N0}"))));
        foreach (var example in check.Examples) text.AppendLine($"  {example}");
        foreach (var ended in result.Ended) text.AppendLine($"  {ended}");
        text.AppendLine(result.CheckCanFail ? "the same check with one record withheld misses it" : "  THE CHECK DID NOT MISS A RECORD that was withheld from it");
        if (!result.Drained) text.AppendLine("  the relay did not get to the end of the WAL");
        return text.Append(result.Holds ? "HOLDS: every committed event is there, once, in order" : "BROKEN").ToString();
    }

    public static string Json(ChaosResult result)
    {
        var (state, check) = (result.State, result.Check);
        var line = new JsonObject
        {
            ["chaos"] = "relay", ["seed"] = state.Seed, ["faults_each"] = state.Faults, ["rate"] = state.Rate, ["resumptions"] = state.Resumptions,
            ["faults"] = new JsonObject(Kinds(state).Select(kind => KeyValuePair.Create(kind.Name, (JsonNode?)new JsonObject
            {
                ["count"] = kind.Count, ["median_silence_seconds"] = Rounded(kind.Median), ["worst_silence_seconds"] = Rounded(kind.Worst), ["taken_over"] = kind.TakenOver,
            }))),
            ["skipped"] = new JsonArray([.. result.Skipped.Select(skipped => (JsonNode?)skipped)]),
            ["transactions"] = state.Committed, ["in_doubt"] = state.InDoubt, ["takeovers"] = state.Takeovers,
            ["committed"] = check.Committed, ["published"] = check.Published, ["parked"] = check.Parked, ["repeats"] = check.Repeats, ["parked_repeats"] = check.ParkedRepeats,
        };
        foreach (var (violation, count) in check.Violations) line[Name(violation).Replace(' ', '_')] = count;
        line["check_can_fail"] = result.CheckCanFail;
        line["drained"] = result.Drained;
        line["holds"] = result.Holds;
        return line.ToJsonString();
    }

    private static IEnumerable<(string Name, int Count, double? Median, double? Worst, int TakenOver)> Kinds(ChaosState state) =>
        from kind in FaultKind.All
        let outcomes = state.Outcomes.Where(outcome => outcome.Kind == kind.ToString()).ToList()
        where outcomes.Count > 0
        let seconds = outcomes.Select(outcome => outcome.SilenceSeconds).OfType<double>().Order().ToList()
        select (kind.ToString(), outcomes.Count, seconds.Count == 0 ? null : (double?)seconds[seconds.Count / 2], seconds.Count == 0 ? null : (double?)seconds[^1],
            outcomes.Count(outcome => outcome.OtherTookOver));

    private static string Name(Violation violation) => violation switch
    {
        Violation.OutOfOrder => "out of order",
        Violation.NeverCommitted => "never committed",
        _ => violation.ToString().ToLowerInvariant(),
    };

    private static string Seconds(double? seconds) => seconds is { } known ? known.ToString("0.0", CultureInfo.InvariantCulture) : "-";

    private static double? Rounded(double? seconds) => seconds is { } known ? Math.Round(known, 2) : null;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
