using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Cli;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Topology;
using Nova.Events.Relay.Parking;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>A record that was too large is parked with its key; then its topic takes more.</summary>
[Collection(ServersCollection.Name)]
public sealed class ParkedReleaseTests(RunningServers servers)
{
    private static readonly (string, string) Park = ("Relay:Poison", "Park");

    [SkippableFact]
    public async Task Released_it_is_published_in_the_order_of_its_key_and_once_and_the_key_is_free()
    {
        await using var rig = await ParkedAsync();
        await RaiseLimitAsync(rig);
        var copy = Fresh.Name("slot");
        await rig.Database.ExecuteAsync($"SELECT pg_copy_logical_replication_slot('{rig.Database.Slot}', '{copy}')");
        (await ReleaseAsync(rig, "a")).ShouldStartWith("2 parked records asked for");
        // Asked twice: the second request comes to nothing.
        await ReleaseAsync(rig, "--all");
        await rig.Database.EmitAsync(Messages.Post("After", "a"));
        foreach (var slot in new[] { rig.Database.Slot, copy })
        {
            await using var relay = await rig.StartAsync(Park, ("Relay:Slot", slot));
            await ConfirmedAsync(rig, slot);
            await RelayRig.StopAsync(relay);
        }

        var log = await rig.LogAsync(5);
        log.Select(RelayRig.TypeOf).ShouldBe(["Before", "OfAnotherKey", "Large", "Behind", "After"]);
        PositionRule.Deliver(log).Count.ShouldBe(5);
        log[2].Headers.ShouldContain(header => header.Name == HeaderNames.OriginalPosition);
        (await ParkingLot.UnreleasedAsync(rig.Kafka, rig.Source, CancellationToken.None)).ShouldBeEmpty();
        await rig.Database.Slots.DropAsync(copy);
    }

    [SkippableFact]
    public async Task While_its_cause_is_there_it_is_parked_again_and_what_it_held_stays_behind_it()
    {
        await using var rig = await ParkedAsync();
        await ReleaseAsync(rig, "a");
        await using var relay = await rig.StartAsync(Park);
        await rig.Database.EmitAsync(Messages.Post("After", "a"));
        await ConfirmedAsync(rig, rig.Database.Slot);
        (await ParkingLot.UnreleasedAsync(rig.Kafka, rig.Source, CancellationToken.None)).Select(Type).ShouldBe(["Large", "Behind", "After"]);
        await RaiseLimitAsync(rig);
        await RelayRig.StopAsync(relay);
        await ReleaseAsync(rig, "a");
        await using var next = await rig.StartAsync(Park);
        (await rig.LogAsync(5)).Select(RelayRig.TypeOf).ShouldBe(["Before", "OfAnotherKey", "Large", "Behind", "After"]);
        await RelayRig.StopAsync(next);
    }

    /// <summary>Of key a, one record is published and two are parked.</summary>
    private async Task<RelayRig> ParkedAsync()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster has no limits of topics");
        var rig = await RelayRig.CreateAsync(servers);
        await new TopicSetup(rig.Kafka, new TopicOptions { MaxRecordBytes = 1_000 }).EnsureAsync([new(rig.TopicPrefix + "post", 3)]);
        await rig.Database.EmitAsync(
            Messages.Post("Before", "a"), Messages.Post("Large", "a", payload: '"' + new string('x', 2_000) + '"'), Messages.Post("OfAnotherKey", "b"), Messages.Post("Behind", "a"));
        await using var relay = await rig.StartAsync(Park);
        await ConfirmedAsync(rig, rig.Database.Slot);
        await RelayRig.StopAsync(relay);
        await Eventually.ValueAsync(() => rig.Database.Slots.FindAsync(rig.Database.Slot), slot => slot!.ActivePid is null);
        (await ParkingLot.UnreleasedAsync(rig.Kafka, rig.Source, CancellationToken.None)).Select(Type).ShouldBe(["Large", "Behind"]);
        return rig;
    }

    private static async Task RaiseLimitAsync(RelayRig rig)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = rig.Kafka.BootstrapServers }).Build();
        var topic = new ConfigResource { Type = ResourceType.Topic, Name = rig.TopicPrefix + "post" };
        await admin.IncrementalAlterConfigsAsync(new() { [topic] = [new ConfigEntry { Name = "max.message.bytes", Value = "100000", IncrementalOperation = AlterConfigOpType.Set }] });
    }

    private static async Task<string> ReleaseAsync(RelayRig rig, params string[] which)
    {
        var (code, output, error) = await NovaCommand.RunAsync(
            ["relay", "release", .. which], [.. rig.Settings.Where(setting => !setting.Key.StartsWith("Log", StringComparison.Ordinal)).Select(setting => ("NOVA_" + setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value!))]);
        code.ShouldBe(0, error);
        return output;
    }

    /// <summary>Waits until a relay has confirmed all that is committed by now.</summary>
    private static async Task ConfirmedAsync(RelayRig rig, string slot)
    {
        var end = await rig.WalEndAsync();
        (await Eventually.ValueAsync(async () => (await rig.Database.Slots.FindAsync(slot))!.ConfirmedLsn, confirmed => confirmed > end)).ShouldNotBeNull().ShouldBeGreaterThan(end);
    }

    private static string Type(ParkedRecord record) => System.Text.Encoding.UTF8.GetString(record.Headers.Single(header => header.Name == HeaderNames.EventType).Value!);
}
