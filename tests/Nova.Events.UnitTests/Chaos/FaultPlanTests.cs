using Nova.Events.ChaosTests.Faults;
using Nova.Events.ChaosTests.Relay;
using Nova.Events.ChaosTests.Sink;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Chaos;

/// <summary>A plan is all in its seed: that is what a run is taken up again by.</summary>
public sealed class FaultPlanTests
{
    [Fact]
    public void The_same_seed_gives_the_same_plan_and_another_seed_another_one()
    {
        RelayFaults.Plan(7, 20, Any).ShouldBe(RelayFaults.Plan(7, 20, Any));
        RelayFaults.Plan(7, 20, Any).ShouldNotBe(RelayFaults.Plan(8, 20, Any));
    }

    [Fact]
    public void Of_relays_there_are_nine_kinds_and_as_many_faults_of_each()
    {
        RelayFaults.All.Select(kind => kind.ToString()).ShouldBe(
            ["kill relay", "kill postgres", "kill kafka", "freeze relay", "freeze postgres", "freeze kafka", "cut relay", "cut postgres", "cut kafka"]);
        var plan = RelayFaults.Plan(1, 20, Any);
        plan.Select(fault => fault.Index).ShouldBe(Enumerable.Range(0, 180));
        plan.CountBy(fault => fault.Kind).ShouldAllBe(kind => kind.Value == 20);
    }

    [Fact]
    public void Gaps_and_lengths_stay_within_their_bounds_and_every_form_of_cut_comes_up()
    {
        var plan = RelayFaults.Plan(3, 20, Any);
        plan.ShouldAllBe(fault => fault.Gap >= TimeSpan.FromSeconds(0.5) && fault.Gap <= TimeSpan.FromSeconds(4) && fault.Duration <= TimeSpan.FromSeconds(12));
        plan.Where(fault => fault.Kind.Action == FaultAction.Cut).Select(fault => fault.Form).Distinct().Count().ShouldBe(Enum.GetValues<CutForm>().Length);
    }

    [Fact]
    public void Of_sinks_there_are_thirteen_kinds_and_three_times_as_many_kills_of_a_sink()
    {
        SinkFaults.All.Select(kind => kind.ToString()).ShouldBe(
        [
            "kill sink", "kill clickhouse", "kill kafka", "freeze sink", "freeze clickhouse", "freeze kafka", "cut sink", "cut clickhouse", "cut kafka",
            "hold sink", "storm sink", "break view", "break rows",
        ]);
        var plan = SinkFaults.Plan(1, 10, Any);
        plan.CountBy(fault => fault.Kind.ToString()).ToDictionary().ShouldBe(SinkFaults.All.ToDictionary(kind => kind.ToString(), kind => kind.ToString() == "kill sink" ? 30 : 10), ignoreOrder: true);
        plan.Select(fault => fault.Seed).Distinct().Count().ShouldBe(plan.Count);
    }

    [Fact]
    public void A_frozen_sink_always_wakes_up_after_its_session_has_ended() =>
        SinkFaults.Plan(3, 10, Any).Where(fault => fault.Kind is { Action: FaultAction.Freeze or FaultAction.Hold, Target: FaultTarget.Sink })
            .ShouldAllBe(fault => fault.Duration > TimeSpan.FromSeconds(SinkFleet.SessionSeconds));

    [Fact]
    public void Without_toxiproxy_what_needs_it_is_skipped_by_name_and_what_was_not_asked_for_is_not_mentioned()
    {
        var state = new SinkChaosState { Cuts = false, Only = ["kill sink", "hold sink"] };
        SinkFaults.Plan(1, 2, state.Takes).Select(fault => fault.Kind.ToString()).Distinct().ShouldBe(["kill sink"]);
        state.Skipped(SinkFaults.All).ShouldHaveSingleItem().ShouldStartWith("hold sink: no toxiproxy-server");
        new SinkChaosState { Cuts = true }.Skipped(SinkFaults.All).ShouldBeEmpty();
        new RelayChaosState { Cuts = false }.Skipped(RelayFaults.All).Count.ShouldBe(3);
    }

    private static bool Any(FaultKind kind) => true;
}
