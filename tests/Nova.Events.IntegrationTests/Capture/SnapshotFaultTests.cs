using System.Globalization;
using Nova.Events.IntegrationTests.EndToEnd;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Relay.Snapshots;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Capture;

[Collection(ServersCollection.Name)]
public sealed class SnapshotFaultTests(RunningServers servers)
{
    private const int Rows = 1_000_000;
    private const string GiveUp = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

    [Fact]
    public async Task A_snapshot_of_a_million_rows_under_writes_that_is_killed_twice_ends_in_an_equal_copy()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(Rows);
        var relay = NovaProcess.Run("relay", rig.Settings);
        try
        {
            var id = await rig.RequestAsync();
            using var stop = new CancellationTokenSource();
            var writing = Task.WhenAll(Enumerable.Range(1, 2).Select(writer => ItemWriter.RunAsync(rig, writer, stop.Token)));
            foreach (var part in new[] { 5, 2 })
            {
                (await rig.SnapshotAsync(id, request => request.Rows > Rows / part)).Rows.ShouldBeInRange((Rows / part) + 1, Rows - 1);
                relay = await relay.ReplaceAsync();
            }

            (await rig.SnapshotAsync(id, request => request.State == "done")).State.ShouldBe("done");
            await stop.CancelAsync();
            (await writing).Sum().ShouldBeGreaterThan(1_000);
            var copy = TopicCopy.Of(await rig.CapturedSoFarAsync());
            var items = await rig.ItemsAsync();
            copy.Rows.Except(items).Take(5).ShouldBeEmpty();
            items.Except(copy.Rows).Take(5).ShouldBeEmpty();
            copy.Rows.Except(copy.RowsInOrder).Take(5).ShouldBeEmpty();
        }
        finally
        {
            await relay.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_chunk_is_read_again_while_a_published_commit_is_not_visible_yet()
    {
        await using var rig = await RestoreRig.CreateAsync(servers);
        var (database, store) = (rig.Database, new SnapshotStore(rig.Database.DataSource));
        await rig.Relay.CreateItemsAsync(3);
        await using var relay = await rig.Relay.StartAsync(("Relay:Snapshots:ChunkRows", "1"));
        var id = await rig.Relay.RequestAsync(rowsPerSecond: 1);
        await rig.Relay.SnapshotAsync(id, request => request.Chunks >= 1);
        await store.MoveAsync("public.items", ["running"], "paused", CancellationToken.None);
        // A synchronous standby that is away: the commit is in the WAL, and delivered; nobody sees it until the wait is given up.
        await database.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'away'");
        await database.ExecuteAsync("ALTER SYSTEM SET synchronous_commit = local");
        await database.ExecuteAsync("SELECT pg_reload_conf()");
        await using var waiting = new NpgsqlConnection(database.ConnectionString + ";Pooling=false;Options=-c synchronous_commit=on");
        await waiting.OpenAsync();
        await using var probe = new NpgsqlCommand("SELECT pg_logical_emit_message(true, 'probe', '')", waiting);
        for (var waits = false; !waits;)
        {
            // Each process takes the new settings over when it gets to it.
            var probing = probe.ExecuteNonQueryAsync();
            while (!probing.IsCompleted && !waits) waits = await database.ScalarAsync<long>(GiveUp) > 0;
            await probing;
        }

        await using var update = new NpgsqlCommand("UPDATE items SET n = 7 WHERE id = 3", waiting);
        var updating = update.ExecuteNonQueryAsync();
        (await rig.Relay.CapturedAsync(3)).ShouldContain(record => record.Short() == """u {"id":3} null → {"id":3,"n":7,"text":"row 3"}""");
        (await database.ScalarAsync<long>("SELECT n FROM items WHERE id = 3")).ShouldBe(0);
        await store.MoveAsync("public.items", ["paused"], "running", CancellationToken.None);
        var stuck = await rig.Relay.SnapshotAsync(id, request => request.Reason is not null);
        (await database.ScalarAsync<long>(GiveUp)).ShouldBe(1);
        await updating;
        (await rig.Relay.SnapshotAsync(id, request => request.State == "done")).State.ShouldBe("done");
        await RelayRig.StopAsync(relay);
        stuck.Reason.ShouldNotBeNull().ShouldContain("was not visible to it yet");
        var copy = TopicCopy.Of(await rig.Relay.CapturedAsync(4));
        copy.Rows.ShouldContain("""{"id":3,"n":7,"text":"row 3"}""");
        copy.RowsInOrder.ShouldContain("""{"id":3,"n":7,"text":"row 3"}""");
    }

    [Fact]
    public async Task A_relay_that_starts_where_rows_of_a_snapshot_were_the_last_published_goes_on()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(1_000);
        // The confirmed position is told late, so the next relay reads the watermarks again, without their rows.
        (string, string)[] late = [("Relay:StatusInterval", "00:00:09"), ("Relay:Snapshots:ChunkRows", "100")];
        var relay = await rig.StartAsync(late);
        var id = await rig.RequestAsync();
        (await rig.SnapshotAsync(id, request => request.State == "done")).State.ShouldBe("done");
        await relay.DisposeAsync();
        await using var second = await rig.StartAsync(late);
        await rig.Database.ExecuteAsync("UPDATE items SET n = 1 WHERE id = 5");
        var log = await rig.CapturedAsync(1_001);
        (log.Count, log[^1].Short()).ShouldBe((1_001, """u {"id":5} null → {"id":5,"n":1,"text":"row 5"}"""));
        await RelayRig.StopAsync(second);
    }

    [Fact]
    public async Task A_snapshot_waits_for_transactions_that_may_be_published_and_not_visible_and_says_so()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(10);
        await using var busy = new NpgsqlConnection(rig.Database.ConnectionString + ";Pooling=false");
        await busy.OpenAsync();
        await using var transaction = await busy.BeginTransactionAsync();
        await using var work = new NpgsqlCommand("UPDATE items SET n = 1 WHERE id = 1; SELECT pg_current_xact_id()::text", busy);
        var xid = (string)(await work.ExecuteScalarAsync())!;
        await using var sleep = new NpgsqlCommand("SELECT pg_sleep(600)", busy);
        using var wake = new CancellationTokenSource();
        var sleeping = sleep.ExecuteNonQueryAsync(wake.Token);
        await using var relay = await rig.StartAsync();
        var id = await rig.RequestAsync();
        var waits = await rig.SnapshotAsync(id, request => request.Reason is not null);
        waits.Reason.ShouldBe($"waits for transactions that were open when it began: {xid.ToString(CultureInfo.InvariantCulture)}");
        await wake.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sleeping);
        // It failed, and ends.
        await transaction.RollbackAsync();
        (await rig.SnapshotAsync(id, request => request.State == "done")).State.ShouldBe("done");
        TopicCopy.Of(await rig.CapturedAsync(10)).Rows.ShouldBe(await rig.ItemsAsync(), ignoreOrder: true);
        await RelayRig.StopAsync(relay);
    }
}
