using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Debezium;

/// <summary>What docs/debezium.md tells people to do: the place in the WAL is handed over by copying the slot.</summary>
[Collection(ServersCollection.Name)]
public sealed class HandoverTests(RunningServers servers)
{
    private readonly string _type = Fresh.Name("order");
    private int _written;

    [SkippableFact]
    public async Task From_Debezium_to_the_relay_and_nothing_is_lost_or_doubled()
    {
        await using var rig = await RigAsync();
        await using var worker = await ConnectWorker.StartAsync(servers, rig.Database, ConnectorFile.Outbox);
        await WriteAsync(rig);
        await IsConfirmedAsync(rig, ConnectorFile.Outbox.Slot);
        await worker.StopAsync();
        await WriteAsync(rig);
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await CopySlotAsync(rig, ConnectorFile.Outbox.Slot, rig.Database.Slot);
        await using var relay = await rig.StartAsync(("Relay:TopicPrefix", "outbox.event."));
        await WriteAsync(rig);
        await EachIsThereOnceInOrderAsync();
        await RelayRig.StopAsync(relay);
    }

    [SkippableFact]
    public async Task From_the_relay_to_Debezium_and_nothing_is_lost_or_doubled()
    {
        await using var rig = await RigAsync();
        var relay = await rig.StartAsync(("Relay:TopicPrefix", "outbox.event."));
        await WriteAsync(rig);
        await IsConfirmedAsync(rig, rig.Database.Slot);
        await RelayRig.StopAsync(relay);
        await WriteAsync(rig);
        await CopySlotAsync(rig, rig.Database.Slot, ConnectorFile.Outbox.Slot);
        await using var worker = await ConnectWorker.StartAsync(servers, rig.Database, ConnectorFile.Outbox);
        await WriteAsync(rig);
        await EachIsThereOnceInOrderAsync();
    }

    [SkippableFact]
    public async Task A_relay_that_comes_back_after_Debezium_refuses_under_its_old_name_and_goes_on_under_a_new_one()
    {
        await using var rig = await RigAsync();
        (string, string) topics = ("Relay:TopicPrefix", "outbox.event.");
        var relay = await rig.StartAsync(topics);
        await WriteAsync(rig);
        await IsConfirmedAsync(rig, rig.Database.Slot);
        await RelayRig.StopAsync(relay);
        await CopySlotAsync(rig, rig.Database.Slot, ConnectorFile.Outbox.Slot);
        await using var worker = await ConnectWorker.StartAsync(servers, rig.Database, ConnectorFile.Outbox);
        await WriteAsync(rig);
        await EachIsThereOnceInOrderAsync();
        await IsConfirmedAsync(rig, ConnectorFile.Outbox.Slot);
        await worker.StopAsync();
        await WriteAsync(rig);
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await CopySlotAsync(rig, ConnectorFile.Outbox.Slot, rig.Database.Slot);
        relay = await rig.StartAsync(topics);
        await RelayRig.StateAsync(relay, "failing");
        RelayRig.ProgressOf(relay).Reason.ShouldNotBeNull().ShouldContain("nova slot recreate");
        await RelayRig.StopAsync(relay);
        await using var back = await rig.StartAsync(topics, ("Relay:Source", rig.Source + "_2"));
        await WriteAsync(rig);
        await EachIsThereOnceInOrderAsync();
        await RelayRig.StopAsync(back);
    }

    private async Task<RelayRig> RigAsync()
    {
        Skip.If(KafkaConnect.Missing is not null, KafkaConnect.Missing);
        Skip.If(servers.All.Kafka.IsMock, "Kafka Connect needs a broker");
        return await RelayRig.CreateAsync(servers);
    }

    /// <summary>Twenty events of four keys, each in a transaction of its own; the type counts them.</summary>
    private async Task WriteAsync(RelayRig rig)
    {
        for (var i = 0; i < 20; i++, _written++)
            await rig.Database.ExecuteAsync(
                $"INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload) VALUES (nova.uuid_v7(), '{_type}', '{_written % 4}', '{_written:d4}', '1')");
    }

    private static async Task IsConfirmedAsync(RelayRig rig, string slot)
    {
        var end = await rig.WalEndAsync();
        (await Eventually.ValueAsync(async () => (await rig.Database.Slots.FindAsync(slot))?.ConfirmedLsn, confirmed => confirmed >= end)).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(end);
    }

    private static Task CopySlotAsync(RelayRig rig, string from, string to) => rig.Database.ExecuteAsync($"SELECT pg_copy_logical_replication_slot('{from}', '{to}')");

    private async Task EachIsThereOnceInOrderAsync()
    {
        var log = await new TopicLog(servers.Kafka).ReadAsync($"outbox.event.{_type}", _written);
        log.Select(RelayRig.TypeOf).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, _written).Select(i => $"{i:d4}"));
        log.Select(record => record.Header(HeaderNames.Id)).Distinct().Count().ShouldBe(_written);
        foreach (var partition in log.GroupBy(record => record.Partition)) partition.Select(RelayRig.TypeOf).ShouldBeInOrder();
    }
}
