using Nova.Events.IntegrationTests.EndToEnd;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

[Collection(ServersCollection.Name)]
public sealed class RelayRestartTests(RunningServers servers)
{
    [Fact]
    public async Task A_restart_goes_on_where_the_last_relay_was()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await NumberedEvents.EmitAsync(rig, 0, 50);
        await RunUntilAsync(rig, 50);
        await NumberedEvents.EmitAsync(rig, 50, 50);
        await RunUntilAsync(rig, 100);
        (await rig.LogAsync(100)).Select(RelayRig.TypeOf).ShouldBe(NumberedEvents.Types(100));
    }

    [Fact]
    public async Task Commits_that_were_published_but_not_confirmed_are_read_again_and_published_no_more()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        var copy = Fresh.Name("slot");
        await rig.Database.ExecuteAsync($"SELECT pg_copy_logical_replication_slot('{rig.Database.Slot}', '{copy}')");
        await NumberedEvents.EmitAsync(rig, 0, 50);
        await RunUntilAsync(rig, 50);
        await NumberedEvents.EmitAsync(rig, 50, 1);
        await using (var relay = await rig.StartAsync(("Relay:Slot", copy)))
        {
            await rig.LogAsync(51);
            (RelayRig.ProgressOf(relay).Skipped, RelayRig.ProgressOf(relay).Published).ShouldBe((50, 1));
            await RelayRig.StopAsync(relay);
        }

        (await rig.LogAsync(51)).Select(RelayRig.TypeOf).ShouldBe(NumberedEvents.Types(51));
        await Eventually.ValueAsync(() => rig.Database.Slots.FindAsync(copy), slot => slot!.ActivePid is null);
        await rig.Database.Slots.DropAsync(copy);
    }

    [Fact]
    public async Task Killed_in_mid_flow_again_and_again_it_loses_nothing_and_repeats_nothing()
    {
        const int Kills = 3;
        await using var rig = await RelayRig.CreateAsync(servers);
        using var killed = new CancellationTokenSource();
        var emitting = NumberedEvents.EmitUntilAsync(rig, killed.Token);
        var relay = NovaProcess.Run("relay", rig.Settings);
        try
        {
            for (var kill = 1; kill <= Kills; kill++)
            {
                var enough = await rig.LoggedAsync() + 300;
                (await Eventually.ValueAsync(rig.LoggedAsync, logged => logged >= enough)).ShouldBeGreaterThanOrEqualTo(enough);
                relay = await relay.ReplaceAsync();
            }

            await killed.CancelAsync();
            var emitted = await emitting;
            await Eventually.ValueAsync(rig.LoggedAsync, logged => logged >= emitted);
            var log = await rig.LogAsync(emitted);
            // What a dead process's kernel still sends; without the tails it would be all that was not confirmed.
            (log.Count - emitted).ShouldBeLessThanOrEqualTo(20);
            PositionRule.Deliver(log).Select(RelayRig.TypeOf).ShouldBe(NumberedEvents.Types(emitted));
        }
        finally
        {
            await relay.DisposeAsync();
        }
    }

    private static async Task RunUntilAsync(RelayRig rig, int records)
    {
        await using var relay = await rig.StartAsync();
        await rig.LogAsync(records);
        await RelayRig.StopAsync(relay);
    }
}
