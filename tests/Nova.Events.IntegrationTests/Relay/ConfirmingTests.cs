using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.LocalStack;
using Nova.Events.Relay;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

[Collection(ServersCollection.Name)]
public sealed class ConfirmingTests(RunningServers servers)
{
    [Fact]
    public async Task A_relay_whose_confirmations_were_lost_skips_what_Kafka_already_holds()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.ExecuteAsync($"SELECT pg_copy_logical_replication_slot('{rig.Name}', '{rig.Name}_old')");
        for (var i = 0; i < 40; i++) await rig.EmitAsync($"{i % 5}", $"E{i:00}");
        await using (var first = await rig.StartRelayAsync())
        {
            await rig.PublishedAsync(40);
            await first.StopAsync();
        }

        // The copy of the slot has confirmed nothing: the server sends everything again.
        await using var second = await rig.StartRelayAsync(("Relay:Slot", rig.Name + "_old"));
        var last = await rig.EmitAsync("0", "E40");
        var records = await rig.PublishedAsync(41);
        records.Count.ShouldBe(41);
        records.Count(record => record.Header(HeaderNames.Id) == last.ToString()).ShouldBe(1);
        second.Services.GetRequiredService<RelayProgress>().Skipped.ShouldBe(40);
        await second.StopAsync();
        await RelayRig.UntilAsync(async () => (await rig.Slots.FindAsync(rig.Name + "_old"))!.ActivePid is null, () => "the slot is still read");
        await rig.Slots.DropAsync(rig.Name + "_old");
    }

    [Fact]
    public async Task An_idle_database_is_confirmed_by_heartbeats()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartRelayAsync();
        var end = await rig.WalEndAsync();
        await RelayRig.UntilAsync(async () => await rig.ConfirmedAsync() > end, () => "the slot did not advance");
        await relay.StopAsync();
    }

    [SkippableFact]
    public async Task Nothing_is_confirmed_while_Kafka_is_away_and_nothing_is_lost_when_it_is_back()
    {
        Skip.If(servers.All.Kafka.IsMock || !servers.All.Kafka.IsOurs, "the broker can't be killed here");
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartRelayAsync();
        await rig.EmitAsync("1", "Before");
        await rig.PublishedAsync(1);
        var progress = relay.Services.GetRequiredService<RelayProgress>();
        try
        {
            await servers.All.KillAsync(ServerKind.Kafka, CancellationToken.None);
            await rig.EmitAsync("1", "While");
            var committed = await rig.WalEndAsync();
            var heartbeats = await HeartbeatsAsync(progress);
            heartbeats.ShouldBeGreaterThan(0);
            (await rig.ConfirmedAsync()).ShouldBeLessThan(committed);
        }
        finally
        {
            await servers.All.ResumeAsync(ServerKind.Kafka, CancellationToken.None);
        }

        await rig.EmitAsync("1", "After");
        (await rig.PublishedAsync(3)).Select(record => record.Header(HeaderNames.EventType)).ShouldBe(["Before", "While", "After"]);
        var end = await rig.WalEndAsync();
        await RelayRig.UntilAsync(async () => await rig.ConfirmedAsync() >= end, () => "the slot did not advance");
        await relay.StopAsync();
    }

    /// <summary>Waits until a few heartbeats have come through the WAL: had a commit been confirmed by them, it would show now.</summary>
    private static async Task<int> HeartbeatsAsync(RelayProgress progress)
    {
        var seen = 0;
        var last = double.MaxValue;
        await RelayRig.UntilAsync(
            () =>
            {
                if (progress.HeartbeatAge is { } age)
                {
                    if (age < last) seen++;
                    last = age;
                }

                return Task.FromResult(seen >= 5);
            },
            () => "no heartbeat came through the WAL");
        return seen;
    }
}
