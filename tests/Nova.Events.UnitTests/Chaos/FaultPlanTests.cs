using Nova.Events.ChaosTests.Faults;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Chaos;

/// <summary>A plan is all in its seed: that is what a run is taken up again by.</summary>
public sealed class FaultPlanTests
{
    [Fact]
    public void The_same_seed_gives_the_same_plan_and_another_seed_another_one()
    {
        FaultPlan.Of(7, 20, FaultKind.All).ShouldBe(FaultPlan.Of(7, 20, FaultKind.All));
        FaultPlan.Of(7, 20, FaultKind.All).ShouldNotBe(FaultPlan.Of(8, 20, FaultKind.All));
    }

    [Fact]
    public void There_are_nine_kinds_and_as_many_faults_of_each()
    {
        FaultKind.All.Select(kind => kind.ToString()).ShouldBe(
            ["kill relay", "kill postgres", "kill kafka", "freeze relay", "freeze postgres", "freeze kafka", "cut relay", "cut postgres", "cut kafka"]);
        var plan = FaultPlan.Of(1, 20, FaultKind.All);
        plan.Select(fault => fault.Index).ShouldBe(Enumerable.Range(0, 180));
        plan.CountBy(fault => fault.Kind).ShouldAllBe(kind => kind.Value == 20);
    }

    [Fact]
    public void Gaps_and_lengths_stay_within_their_bounds_and_every_form_of_cut_comes_up()
    {
        var plan = FaultPlan.Of(3, 20, FaultKind.All);
        plan.ShouldAllBe(fault => fault.Gap >= TimeSpan.FromSeconds(0.5) && fault.Gap <= TimeSpan.FromSeconds(4) && fault.Duration <= TimeSpan.FromSeconds(12));
        plan.Where(fault => fault.Kind.Action == FaultAction.Cut).Select(fault => fault.Form).Distinct().Count().ShouldBe(Enum.GetValues<CutForm>().Length);
    }
}
