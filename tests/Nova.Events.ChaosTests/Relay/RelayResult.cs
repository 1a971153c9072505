using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Nova.Events.ChaosTests.Relay.Checking;
using Nova.Events.ChaosTests.Running;

namespace Nova.Events.ChaosTests.Relay;

/// <summary>How a run of <c>chaos relay</c> ended.</summary>
/// <param name="State">The run.</param>
/// <param name="Skipped">Kinds of faults that could not be committed here, each with the reason.</param>
/// <param name="Drained">True if the relay came to the end of the WAL in time.</param>
/// <param name="Ended">Relays that ended by themselves.</param>
/// <param name="Check">Database and Kafka, compared.</param>
/// <param name="CheckCanFail">True if the check missed a record that was withheld from it.</param>
internal sealed record RelayResult(RelayChaosState State, IReadOnlyList<string> Skipped, bool Drained, IReadOnlyList<string> Ended, CheckResult Check, bool CheckCanFail) : IChaosResult
{
    public bool Holds => Check.Holds && Drained && Ended.Count == 0 && CheckCanFail;

    public string Text()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"nova chaos relay, seed {State.Seed}, {State.Faults} of each kind, {State.Rate} transactions a second{(State.Resumptions > 0 ? $", resumed {State.Resumptions} times" : "")}");
        FaultTable.AppendTo(text, State, RelayFaults.All, "Kafka", Skipped, "other relay took over");
        text.AppendLine(CultureInfo.InvariantCulture, $"transactions: {State.Committed:N0} committed, {State.RolledBack:N0} rolled back, {State.Failed:N0} failed, {State.InDoubt:N0} in doubt (the database settled them)");
        text.AppendLine(CultureInfo.InvariantCulture, $"events: {Check.Committed:N0} committed, {Check.Published:N0} published, {Check.Parked:N0} parked; takeovers: {State.Takeovers}");
        text.AppendLine(CultureInfo.InvariantCulture, $"repeats in the log, dropped by the position rule: {Check.Repeats:N0}; of parked records: {Check.ParkedRepeats:N0}");
        text.AppendLine(Check.Summary);
        foreach (var example in Check.Examples.Concat(Ended)) text.AppendLine($"  {example}");
        text.AppendLine(CheckCanFail ? "the same check with one record withheld misses it" : "  THE CHECK DID NOT MISS A RECORD that was withheld from it");
        if (!Drained) text.AppendLine("  the relay did not get to the end of the WAL");
        return text.Append(Holds ? "HOLDS: every committed event is there, once, in order" : "BROKEN").ToString();
    }

    public string Json()
    {
        var line = new JsonObject
        {
            ["chaos"] = "relay", ["seed"] = State.Seed, ["faults_each"] = State.Faults, ["rate"] = State.Rate, ["resumptions"] = State.Resumptions,
            ["faults"] = FaultTable.Json(State, RelayFaults.All),
            ["skipped"] = new JsonArray([.. Skipped.Select(skipped => (JsonNode?)skipped)]),
            ["transactions"] = State.Committed, ["in_doubt"] = State.InDoubt, ["takeovers"] = State.Takeovers,
            ["committed"] = Check.Committed, ["published"] = Check.Published, ["parked"] = Check.Parked, ["repeats"] = Check.Repeats, ["parked_repeats"] = Check.ParkedRepeats,
        };
        Check.AddTo(line);
        line["check_can_fail"] = CheckCanFail;
        line["drained"] = Drained;
        line["holds"] = Holds;
        return line.ToJsonString();
    }
}
