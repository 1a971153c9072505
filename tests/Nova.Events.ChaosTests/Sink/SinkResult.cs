using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Nova.Events.ChaosTests.Running;
using Nova.Events.ChaosTests.Sink.Checking;
using Nova.Events.ClickHouse.Verification;

namespace Nova.Events.ChaosTests.Sink;

/// <summary>How a run of <c>chaos sink</c> ended.</summary>
/// <param name="State">The run.</param>
/// <param name="Skipped">Kinds of faults that could not be committed here, each with the reason.</param>
/// <param name="Drained">True if the sinks came to the ends of the logs in time.</param>
/// <param name="Ended">Sinks that ended by themselves.</param>
/// <param name="Logs">What the sinks had to do.</param>
/// <param name="Restarts">How often ClickHouse ended by itself and was started again.</param>
/// <param name="Found">Kafka and ClickHouse, compared.</param>
/// <param name="Hops">The same by the product's verifier.</param>
/// <param name="CheckCanFail">True if the check saw what was falsified.</param>
/// <param name="VerifierCanFail">True if the verifier did.</param>
internal sealed record SinkResult(
    SinkChaosState State, IReadOnlyList<string> Skipped, bool Drained, IReadOnlyList<string> Ended, SinkLogs Logs, int Restarts, SinkFindings Found, IReadOnlyList<HopReport> Hops,
    bool CheckCanFail, bool VerifierCanFail) : IChaosResult
{
    public bool Holds => Found.Holds && VerifierAgrees && Drained && Ended.Count == 0 && CheckCanFail && VerifierCanFail;

    private bool VerifierAgrees => Hops.All(hop => hop.Ok) && Hops.Take(2).Sum(hop => hop.Present) == Found.Rows;

    public string Text()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"nova chaos sink, seed {State.Seed}, {State.Faults} of each kind, three times as many kills of a sink, {State.Rate} records a second{(State.Resumptions > 0 ? $", resumed {State.Resumptions} times" : "")}");
        FaultTable.AppendTo(text, State, SinkFaults.All, "ClickHouse", Skipped);
        text.AppendLine(CultureInfo.InvariantCulture, $"records: {Found.Records:N0} in the log, of them {Found.Repeats:N0} repeats, {Found.Letters:N0} malformed; {Found.Rows:N0} have their row, {Found.Redriven:N0} of them since they were redriven");
        text.AppendLine(CultureInfo.InvariantCulture, $"sinks: {Logs.Repeated:N0} intents repeated by the next owner, {Logs.AcknowledgedTwice:N0} ranges inserted by two and taken from one, {Logs.Completed:N0} ranges completed, {Logs.Retried:N0} retries, {Logs.GivenUp:N0} memberships given up, {Logs.Alarms:N0} alarms");
        if (Restarts > 0) text.AppendLine(CultureInfo.InvariantCulture, $"ClickHouse ended by itself {Restarts} times, and was started again");
        text.AppendLine(CultureInfo.InvariantCulture, $"further copies of dead letters: {Found.LetterCopies:N0}");
        text.AppendLine(Found.Summary);
        foreach (var hop in Hops) text.AppendLine(CultureInfo.InvariantCulture, $"verifier, {hop.Hop}: {hop.Present:N0} of {hop.Expected:N0}, missing {hop.Missing:N0}, doubled {hop.Doubled:N0}");
        foreach (var example in Found.Examples.Concat(Hops.SelectMany(hop => hop.Examples)).Concat(Ended)) text.AppendLine($"  {example}");
        text.AppendLine(CheckCanFail ? "the same check sees a withheld offset, a doubled row, a false dead letter and a false sum" : "  THE CHECK DID NOT SEE what was falsified for it");
        if (!VerifierCanFail) text.AppendLine("  THE VERIFIER DID NOT SEE what was falsified for it");
        if (!Drained) text.AppendLine("  the sinks did not get to the ends of the logs");
        return text.Append(Holds ? "HOLDS: every offset has its row, once, in table and view, or is a repeat or a dead letter" : "BROKEN").ToString();
    }

    public string Json()
    {
        var line = new JsonObject
        {
            ["chaos"] = "sink", ["seed"] = State.Seed, ["faults_each"] = State.Faults, ["rate"] = State.Rate, ["resumptions"] = State.Resumptions,
            ["faults"] = FaultTable.Json(State, SinkFaults.All),
            ["skipped"] = new JsonArray([.. Skipped.Select(skipped => (JsonNode?)skipped)]),
            ["records"] = Found.Records, ["repeats"] = Found.Repeats, ["rows"] = Found.Rows, ["dead_letters"] = Found.Letters, ["dead_letter_copies"] = Found.LetterCopies, ["redriven"] = Found.Redriven,
            ["intents_repeated"] = Logs.Repeated, ["acknowledged_twice"] = Logs.AcknowledgedTwice, ["ranges_completed"] = Logs.Completed, ["retries"] = Logs.Retried, ["memberships_given_up"] = Logs.GivenUp, ["alarms"] = Logs.Alarms, ["clickhouse_restarts"] = Restarts,
        };
        Found.AddTo(line);
        line["verifier_agrees"] = VerifierAgrees;
        line["check_can_fail"] = CheckCanFail && VerifierCanFail;
        line["drained"] = Drained;
        line["holds"] = Holds;
        return line.ToJsonString();
    }
}
