using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.LocalStack;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

[Collection(ServersCollection.Name)]
public sealed class RelayProgressTests(RunningServers servers)
{
    [Fact]
    public async Task An_idle_database_is_confirmed_by_heartbeats()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync();
        await RelayRig.StateAsync(relay, "running");
        for (var beat = 0; beat < 2; beat++)
        {
            var now = await rig.WalEndAsync();
            (await Eventually.ValueAsync(rig.ConfirmedAsync, confirmed => confirmed > now))!.Value.ShouldBeGreaterThan(now);
        }

        (await rig.LoggedAsync()).ShouldBe(0);
        await RelayRig.StopAsync(relay);
    }

    [SkippableFact]
    public async Task While_Kafka_is_away_nothing_is_confirmed_and_when_it_is_back_nothing_is_missing()
    {
        Skip.If(servers.All.Kafka.IsMock || !servers.All.Kafka.IsOurs, "the broker can't be killed and resumed");
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync();
        // Every partition is in use: its first record would hold up the reader by itself.
        await rig.Database.EmitAsync([.. Enumerable.Range(0, 20).Select(i => Messages.Post("Before", $"{i}"))]);
        (await rig.LogAsync(20)).Select(record => record.Partition).Distinct().Count().ShouldBe(3);
        ulong? confirmed;
        await servers.All.KillAsync(ServerKind.Kafka, CancellationToken.None);
        try
        {
            for (var i = 0; i < 20; i++) await rig.Database.EmitAsync(Messages.Post($"Away{i}", $"{i}"));
            // Read a second ago and not acknowledged: heartbeats of later commits have come by meanwhile.
            (await Eventually.LocalAsync(() => RelayRig.ProgressOf(relay).OldestAge, age => age > 1)).ShouldNotBeNull().ShouldBeGreaterThan(1);
            confirmed = await rig.ConfirmedAsync();
        }
        finally
        {
            await servers.All.ResumeAsync(ServerKind.Kafka, CancellationToken.None);
        }

        await rig.Database.EmitAsync(Messages.Post("After"));
        var log = await rig.LogAsync(41);
        log.Skip(19).Select(RelayRig.TypeOf).ShouldBe(["Before", .. Enumerable.Range(0, 20).Select(i => $"Away{i}"), "After"]);
        confirmed!.Value.ShouldBeLessThanOrEqualTo(RelayRig.PositionOf(log[20]).CommitLsn);
        var last = RelayRig.PositionOf(log[^1]).CommitLsn;
        (await Eventually.ValueAsync(rig.ConfirmedAsync, now => now > last))!.Value.ShouldBeGreaterThan(last);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_second_relay_stands_by_and_takes_over_when_the_first_stops()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var first = await rig.StartAsync();
        (await RelayRig.StateAsync(first, "running")).ShouldBe("running");
        await using var second = await rig.StartAsync();
        (await RelayRig.StateAsync(second, "standby")).ShouldBe("standby");
        var reason = RelayRig.ProgressOf(second).Reason!;
        reason.ShouldStartWith($"Replication slot '{rig.Database.Slot}' is in use");
        using var http = new HttpClient { BaseAddress = second.Address };
        (await http.GetStringAsync(new Uri("health/ready", UriKind.Relative))).ShouldContain("this one stands by");

        await rig.Database.EmitAsync(Messages.Post("ByTheFirst"));
        await rig.LogAsync(1);
        await RelayRig.StopAsync(first);
        (await RelayRig.StateAsync(second, "running")).ShouldBe("running");
        await rig.Database.EmitAsync(Messages.Post("ByTheSecond"));
        (await rig.LogAsync(2)).Select(RelayRig.TypeOf).ShouldBe(["ByTheFirst", "ByTheSecond"]);
        RelayRig.ProgressOf(second).Published.ShouldBe(1);
        await RelayRig.StopAsync(second);
    }

    [Fact]
    public async Task When_its_connection_is_cut_it_connects_anew_and_repeats_nothing()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync();
        await rig.Database.EmitAsync(Messages.Post("Before"));
        await rig.LogAsync(1);
        var pid = (await rig.Database.Slots.FindAsync(rig.Database.Slot))!.ActivePid;
        await rig.Database.ScalarAsync<bool>($"SELECT pg_terminate_backend({pid})");
        await rig.Database.EmitAsync(Messages.Post("After"));
        (await rig.LogAsync(2)).Select(RelayRig.TypeOf).ShouldBe(["Before", "After"]);
        await RelayRig.StopAsync(relay);
    }
}
