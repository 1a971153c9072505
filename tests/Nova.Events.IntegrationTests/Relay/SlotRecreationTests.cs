using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Capture;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Recovery;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>A slot that is gone takes the place in the WAL with it; the outbox's rows are still there.</summary>
[Collection(ServersCollection.Name)]
public sealed class SlotRecreationTests(RunningServers servers)
{
    [Fact]
    public async Task A_slot_that_was_made_anew_behind_the_relay_s_back_is_refused()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await PublishAsync(rig, "Published");
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await rig.Database.EmitAsync(Messages.Post("Between"));
        await rig.Database.Slots.EnsureAsync(rig.Database.Slot);
        await using var relay = await rig.StartAsync();
        await RelayRig.StateAsync(relay, "failing");
        RelayRig.ProgressOf(relay).Reason.ShouldNotBeNull().ShouldEndWith("'nova slot recreate' makes a slot and publishes what the outbox still holds of them.");
        (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldBe(["Published"]);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task Recreated_it_loses_nothing_and_repeats_nothing_and_the_order_stays()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await PublishAsync(rig, "Published1", "Published2");
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        string[] lost = [.. Enumerable.Range(1, 20).Select(i => $"Lost{i}")];
        foreach (var type in lost) await rig.Database.EmitAsync(Messages.Post(type, $"{type.Length % 3}"));
        var recreated = await RecreateAsync(rig);
        (recreated.Published, recreated.Retained).ShouldBe((20, 22));
        await rig.Database.EmitAsync(Messages.Post("After"));
        await using var relay = await rig.StartAsync();
        var log = await rig.LogAsync(23);
        log.Select(RelayRig.TypeOf).ShouldBe(["Published1", "Published2", .. lost, "After"]);
        log.Select(record => record.Header(HeaderNames.Id)).Distinct().Count().ShouldBe(23);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_recreation_that_died_half_way_is_repeated_without_a_repeat()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await PublishAsync(rig, "Published");
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await rig.Database.EmitAsync(Messages.Post("Lost1"));
        // The slot was made and nothing else was done: what the relay refuses.
        (await NewSlot.CreateAsync(rig.Database.ConnectionString, rig.Database.Slot, CancellationToken.None)).Dispose();
        await rig.Database.EmitAsync(Messages.Post("Lost2"));
        (await RecreateAsync(rig)).Published.ShouldBe(2);
        await using var relay = await rig.StartAsync();
        await rig.Database.EmitAsync(Messages.Post("After"));
        (await rig.LogAsync(4)).Select(RelayRig.TypeOf).ShouldBe(["Published", "Lost1", "Lost2", "After"]);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task Captured_tables_are_read_anew_after_it()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.posts (id int PRIMARY KEY, text text); ALTER PUBLICATION nova_cdc ADD TABLE public.posts");
        await PublishAsync(rig, "Published");
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await rig.Database.ExecuteAsync("INSERT INTO posts VALUES (1, 'not in the WAL that will be read')");
        (await RecreateAsync(rig)).Snapshots.ShouldBe(["public.posts"]);
        await using var relay = await rig.StartAsync();
        (await rig.CapturedAsync(1)).ShouldHaveSingleItem().Short().ShouldBe("""r {"id":1} null → {"id":1,"text":"not in the WAL that will be read"}""");
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_slot_that_covers_everything_is_not_recreated()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await PublishAsync(rig, "Published");
        (await Should.ThrowAsync<SlotHealthyException>(RecreateAsync(rig))).Message.ShouldBe(
            $"Replication slot '{rig.Database.Slot}' is inactive and covers all that is not published: there is nothing to recreate. start a relay ('nova run relay'), or drop the slot if none will ever read it ('nova slot drop --yes'): it keeps WAL until the disk is full.");
    }

    [Fact]
    public async Task Rows_of_one_transaction_stay_in_order_across_its_savepoints()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await PublishAsync(rig, "Published");
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await rig.Database.ExecuteAsync("""
            BEGIN; SELECT nova.emit('post', '1', 'First', '{}');
            SAVEPOINT inner_part; SELECT nova.emit('post', '1', 'InSavepoint', '{}'); RELEASE inner_part;
            SELECT nova.emit('post', '1', 'Last', '{}'); COMMIT
            """);
        await RecreateAsync(rig);
        (await rig.LogAsync(4)).Select(RelayRig.TypeOf).ShouldBe(["Published", "First", "InSavepoint", "Last"]);
    }

    [Fact]
    public async Task The_slot_of_another_database_under_the_same_name_is_left_alone()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await PublishAsync(rig, "Published");
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await using var other = await OutboxDatabase.CreateAsync(servers);
        await other.Slots.EnsureAsync(rig.Database.Slot);
        await Should.ThrowAsync<InvalidOperationException>(RecreateAsync(rig));
        (await other.Slots.DropAsync(rig.Database.Slot)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_parked_key_holds_back_is_not_published_by_a_recreation()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await PublishAsync(rig, "Published");
        using (var lot = await ParkingLot.ReadAsync(rig.Kafka, rig.Source, CancellationToken.None))
        {
            var parked = new ParkedRecord(new SourcePosition(rig.Source, Position.Of(0, 1, 0)), rig.TopicPrefix + "post", "1"u8.ToArray(), HoldsKey: true, "a test parks it", "{}"u8.ToArray(), []);
            await lot.ParkAsync(parked, CancellationToken.None);
        }

        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await rig.Database.EmitAsync(Messages.Post("Behind", "1"), Messages.Post("OfAnotherKey", "2"));
        await RecreateAsync(rig);
        (await rig.LogAsync(2)).Select(RelayRig.TypeOf).ShouldBe(["Published", "OfAnotherKey"]);
        (await ParkingLot.UnreleasedAsync(rig.Kafka, rig.Source, CancellationToken.None)).Count.ShouldBe(2);
    }

    private static async Task PublishAsync(RelayRig rig, params string[] types)
    {
        await using var relay = await rig.StartAsync();
        await rig.Database.EmitAsync([.. types.Select(type => Messages.Post(type))]);
        await rig.LogAsync(types.Length);
        await RelayRig.StopAsync(relay);
        await Eventually.ValueAsync(() => rig.Database.Slots.FindAsync(rig.Database.Slot), slot => slot!.ActivePid is null);
    }

    private static Task<RecreatedSlot> RecreateAsync(RelayRig rig) =>
        new SlotRecreation(Settings.Read<RelayOptions>(RelayOptions.Section, rig.Settings), rig.Kafka, new TopicOptions(), TimeProvider.System).RunAsync(TimeSpan.FromHours(1), CancellationToken.None);
}
