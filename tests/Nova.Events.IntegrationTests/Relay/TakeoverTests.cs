using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.EndToEnd;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>Two relays as processes of their own: one reads the slot, the other waits for it.</summary>
[Collection(ServersCollection.Name)]
public sealed class TakeoverTests(RunningServers servers)
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_standby_publishes_within_ten_seconds_of_the_primary_s_death()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var pair = await RelayPair.StartAsync(rig);
        using var enough = new CancellationTokenSource();
        var emitting = NumberedEvents.EmitUntilAsync(rig, enough.Token);
        await PublishedAsync(rig, 300);

        await pair.Primary.KillAsync();
        var held = await rig.LoggedAsync();
        using (var promised = new CancellationTokenSource(Promised))
        {
            while (await rig.LoggedAsync() < held + 300) await Task.Delay(50, promised.Token);
        }

        await enough.CancelAsync();
        await DeliveredOnceAsync(rig, await emitting);
    }

    [Fact]
    public async Task A_frozen_primary_loses_the_slot_and_what_it_still_sends_when_it_wakes_up_is_dropped_by_the_position_rule()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var pair = await RelayPair.StartAsync(rig, ("Relay:WalSenderTimeout", "00:00:03"));
        using var enough = new CancellationTokenSource();
        var emitting = NumberedEvents.EmitUntilAsync(rig, enough.Token);
        await PublishedAsync(rig, 300);

        pair.Primary.Freeze();
        await pair.StandbyReadsAsync();
        await PublishedAsync(rig, 300);
        pair.Primary.Thaw();
        await pair.PrimaryStandsByAsync();
        await PublishedAsync(rig, 300);
        await enough.CancelAsync();
        await DeliveredOnceAsync(rig, await emitting);
    }

    [Fact]
    public async Task The_one_that_woke_up_is_the_next_standby()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var pair = await RelayPair.StartAsync(rig, ("Relay:WalSenderTimeout", "00:00:03"));
        await NumberedEvents.EmitAsync(rig, 0, 10);
        await PublishedAsync(rig, 10);
        pair.Primary.Freeze();
        await pair.StandbyReadsAsync();
        await NumberedEvents.EmitAsync(rig, 10, 10);
        pair.Primary.Thaw();
        await pair.PrimaryStandsByAsync();
        await pair.Standby.KillAsync();
        await NumberedEvents.EmitAsync(rig, 20, 10);
        await DeliveredOnceAsync(rig, 30);
    }

    /// <summary>Waits until so many more records are in Kafka.</summary>
    private static async Task PublishedAsync(RelayRig rig, int more)
    {
        var enough = await rig.LoggedAsync() + more;
        (await Eventually.ValueAsync(rig.LoggedAsync, logged => logged >= enough)).ShouldBeGreaterThanOrEqualTo(enough);
    }

    private static async Task DeliveredOnceAsync(RelayRig rig, int emitted)
    {
        List<ConsumedRecord> log = await Eventually.ValueAsync(() => rig.LogAsync(emitted), log => PositionRule.Deliver(log).Count >= emitted);
        PositionRule.Deliver(log).Select(RelayRig.TypeOf).ShouldBe(NumberedEvents.Types(emitted));
    }
}
