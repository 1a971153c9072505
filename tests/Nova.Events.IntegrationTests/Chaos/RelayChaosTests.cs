using Nova.Events.ChaosTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Chaos;

/// <summary>
/// <c>./nova chaos relay</c> in its short form, on servers of its own. The command itself is killed in the midst of it, too, and taken up again.
/// </summary>
[Collection(OwnServersCollection.Name)]
public sealed class RelayChaosTests : IDisposable
{
    private const int Each = 3;
    private const int KilledAtFault = 8;
    private readonly ChaosRun _run = new("relay");

    public void Dispose() => _run.Dispose();

    [SkippableFact]
    public async Task Relay_database_and_broker_killed_frozen_and_cut_off_three_times_each_lose_nothing_double_nothing_and_keep_each_keys_order()
    {
        await _run.KillAtFaultAsync(KilledAtFault, "--faults", $"{Each}", "--seed", "5", "--keep", "--json");
        var (code, result, said) = await _run.FinishAsync("--resume", "--keep", "--json");
        code.ShouldBe(0, said);
        result.Numbers("missing", "doubled", "out_of_order", "never_committed", "misplaced", "altered").ShouldAllBe(count => count == 0);
        result.Number("resumptions").ShouldBe(1);
        (result.Number("published") + result.Number("parked")).ShouldBe(result.Number("committed"));
        result.Numbers("transactions", "published", "parked", "takeovers").ShouldAllBe(count => count > 0);
        result.GetProperty("check_can_fail").GetBoolean().ShouldBeTrue();
        var skipped = result.ShouldHaveCommitted(RelayFaults.All, _ => Each);
        Skip.If(skipped.Count > 0, string.Join("; ", skipped));
    }
}
