using Nova.Events.ChaosTests.Sink;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Chaos;

/// <summary>
/// <c>./nova chaos sink</c> in its short form, on servers of its own. The command itself is killed in the midst of it, too, and taken up again.
/// </summary>
[Collection(OwnServersCollection.Name)]
public sealed class SinkChaosTests : IDisposable
{
    private const int KilledAtFault = 5;

    /// <summary>Left out to keep it short; what they do is near enough to others.</summary>
    private static readonly string[] LeftOut = ["freeze clickhouse", "freeze kafka", "cut kafka"];

    private readonly ChaosRun _run = new("sink");

    public void Dispose() => _run.Dispose();

    [SkippableFact]
    public async Task Sinks_killed_frozen_cut_off_and_late_servers_away_members_that_come_and_go_a_broken_view_and_refused_rows_that_are_redriven_leave_each_offset_one_row()
    {
        var kinds = SinkFaults.All.Where(kind => !LeftOut.Contains(kind.ToString())).ToList();
        await _run.KillAtFaultAsync(KilledAtFault, ["--faults", "1", "--seed", "5", "--keep", "--json", .. kinds.SelectMany(kind => new[] { "--only", kind.ToString() })]);
        var (code, result, said) = await _run.FinishAsync("--resume", "--keep", "--json");
        code.ShouldBe(0, said);
        result.Numbers("missing", "doubled", "stray", "altered", "letter_missing", "letter_stray", "sum_wrong").ShouldAllBe(count => count == 0);
        result.Number("resumptions").ShouldBe(1);
        result.Numbers("records", "repeats", "rows", "dead_letters", "redriven", "intents_repeated").ShouldAllBe(count => count > 0);
        (result.Number("repeats") + result.Number("rows") + result.Number("dead_letters")).ShouldBe(result.Number("records"));
        result.GetProperty("verifier_agrees").GetBoolean().ShouldBeTrue();
        result.GetProperty("check_can_fail").GetBoolean().ShouldBeTrue();
        var skipped = result.ShouldHaveCommitted(kinds, kind => kind == "kill sink" ? 3 : 1);
        Skip.If(skipped.Count > 0, string.Join("; ", skipped));
    }
}
