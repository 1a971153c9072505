using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Topology;
using Nova.Events.Outbox;
using Nova.Events.Relay;
using Nova.Events.Relay.Recovery;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Polling;

/// <summary>Enabling, disabling, and the way from one mode to the other.</summary>
[Collection(ServersCollection.Name)]
public sealed class PollingSwitchTests(RunningServers servers)
{
    [Fact]
    public async Task Enabling_and_disabling_twice_change_nothing_the_second_time()
    {
        await using var rig = await PollingRig.CreateDisabledAsync(servers);
        await rig.Database.ExecuteAsync("SELECT nova.outbox_enable_polling(4)");
        var enabled = await rig.Database.ScalarAsync<DateTime>("SELECT enabled_at FROM nova.outbox_polling");
        await rig.Database.EmitAsync(Messages.Post("Queued"));
        await rig.Database.ExecuteAsync("SELECT nova.outbox_enable_polling(4)");
        (await rig.Database.ScalarAsync<DateTime>("SELECT enabled_at FROM nova.outbox_polling")).ShouldBe(enabled);
        (await Should.ThrowAsync<PostgresException>(rig.Database.ExecuteAsync("SELECT nova.outbox_enable_polling(8)"))).MessageText.ShouldBe("the queue holds messages in 4 buckets");
        for (var i = 0; i < 2; i++) (await rig.Database.ScalarAsync<long>("SELECT nova.outbox_disable_polling()")).ShouldBe(1);
        await rig.Database.EmitAsync(Messages.Post("NotQueued"));
        (await rig.QueuedAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Messages_without_the_table_are_refused_while_polling_is_enabled()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await using var connection = await rig.Database.DataSource.OpenConnectionAsync();
        foreach (var emit in new Func<NpgsqlTransaction, Task>[] { t => t.EmitToWalAsync(Messages.Post("Lost")), t => t.EmitToWalAndCommitAsync(Messages.Post("Lost")) })
        {
            await using var transaction = await connection.BeginTransactionAsync();
            (await Should.ThrowAsync<MessageRefusedException>(emit(transaction))).Constraint.ShouldBe("outbox_is_polled");
        }

        (await Should.ThrowAsync<PostgresException>(rig.Database.ExecuteAsync("SELECT nova.emit_message('post', '1', 'Lost', '{}')"))).ConstraintName.ShouldBe("outbox_is_polled");
        await rig.Database.ScalarAsync<long>("SELECT nova.outbox_disable_polling()");
        await rig.Database.ExecuteAsync("SELECT nova.emit_message('post', '1', 'Read', '{}')");
    }

    [Fact]
    public async Task A_relay_refuses_to_poll_what_nobody_copies()
    {
        await using var rig = await PollingRig.CreateDisabledAsync(servers);
        await using var relay = await rig.StartAsync();
        await RelayRig.StateAsync(relay, "failing");
        RelayRig.ProgressOf(relay).Reason.ShouldNotBeNull().ShouldContain("SELECT nova.outbox_enable_polling()");
        await rig.Database.ExecuteAsync("SELECT nova.outbox_enable_polling()");
        await rig.Database.EmitAsync(Messages.Post("Copied"));
        (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldBe(["Copied"]);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task From_the_WAL_to_polling_and_back_nothing_is_lost_or_out_of_order()
    {
        await using var rig = await PollingRig.CreateDisabledAsync(servers, withSlot: true);
        await EmitAsync(rig, 0);
        await using (var wal = await rig.StartAsync(("Relay:Mode", "Wal")))
        {
            await rig.LogAsync(5);
            await RelayRig.StopAsync(wal);
        }

        await EmitAsync(rig, 5);
        await rig.Database.ExecuteAsync("SELECT nova.outbox_enable_polling()");
        await EmitAsync(rig, 10);
        await using (var early = await rig.StartAsync())
        {
            await RelayRig.StateAsync(early, "failing");
            RelayRig.ProgressOf(early).Reason.ShouldNotBeNull().ShouldContain("is in the WAL only");
            await RelayRig.StopAsync(early);
        }

        await using (var wal = await rig.StartAsync(("Relay:Mode", "Wal")))
        {
            await rig.LogAsync(15);
            await Eventually.ValueAsync(() => rig.Database.ScalarAsync<bool>(
                $"SELECT confirmed_flush_lsn > enabled_lsn FROM pg_replication_slots, nova.outbox_polling WHERE slot_name = '{rig.Database.Slot}'"), confirmed => confirmed);
            await RelayRig.StopAsync(wal);
        }

        await Eventually.ValueAsync(() => rig.Database.Slots.FindAsync(rig.Database.Slot), slot => slot!.ActivePid is null);
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await using (var polling = await rig.StartAsync())
        {
            await EmitAsync(rig, 15);
            await rig.Database.ScalarAsync<long>("SELECT nova.outbox_disable_polling()");
            await EmitAsync(rig, 20);
            await rig.EmptiedAsync();
            await RelayRig.StopAsync(polling);
        }

        var options = new RelayOptions { ConnectionString = rig.Database.ConnectionString, Slot = rig.Database.Slot, Source = rig.Source, TopicPrefix = rig.TopicPrefix };
        var recreated = await new SlotRecreation(options, rig.Kafka, new TopicOptions(), TimeProvider.System).RunAsync(TimeSpan.FromMinutes(10), CancellationToken.None);
        recreated.Published.ShouldBe(5);
        await using var back = await rig.StartAsync(("Relay:Mode", "Wal"));
        await EmitAsync(rig, 25);
        var log = await rig.LogAsync(30);
        PollingRig.Delivered(log).Select(RelayRig.TypeOf).ShouldBe(Enumerable.Range(0, 30).Select(i => $"E{i}"));
        log[^1].Header(HeaderNames.Position).ShouldNotBeNull();
        await RelayRig.StopAsync(back);
    }

    [Fact]
    public async Task A_day_goes_once_nothing_of_it_is_queued()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-9);
        await rig.Database.AddOldDayAsync(day);
        await rig.Database.ScalarAsync<int>("SELECT nova.outbox_close_days()");
        (await ObstacleAsync()).ShouldBe("queued: 1 messages of that day are in nova.outbox_queue");
        await using var relay = await rig.StartAsync(("Relay:RetentionInterval", "00:00:00.3"));
        var isGone = await Eventually.ValueAsync(() => rig.Database.ScalarAsync<bool>($"SELECT to_regclass('nova.outbox_{day:yyyyMMdd}') IS NULL"), gone => gone);
        isGone.ShouldBeTrue();
        (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldBe(["Old"]);
        await RelayRig.StopAsync(relay);
        await rig.Database.AddOldDayAsync(day);
        await rig.Database.ExecuteAsync("SELECT nova.outbox_disable_polling(); DELETE FROM nova.outbox_queue; SELECT nova.outbox_close_days()");
        (await ObstacleAsync()).ShouldBe("polling_disabled: polling is disabled, and no slot is asked for");

        Task<string> ObstacleAsync() => rig.Database.ScalarAsync<string>($"SELECT obstacle || ': ' || detail FROM nova.outbox_days(NULL, '1 day') WHERE day = '{day:yyyy-MM-dd}'");
    }

    private static Task EmitAsync(PollingRig rig, int first) => rig.Database.EmitAsync([.. Enumerable.Range(first, 5).Select(i => Messages.Post($"E{i}"))]);
}
