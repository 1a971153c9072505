using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Relay.Snapshots;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Capture;

[Collection(ServersCollection.Name)]
public sealed class SnapshotTests(RunningServers servers)
{
    [Fact]
    public async Task A_table_whose_capture_begins_is_read_once()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(25);
        (string, string)[] settings = [("Relay:Snapshots:Initial", "Once"), ("Relay:Snapshots:ChunkRows", "10")];
        await using (var relay = await rig.StartAsync(settings))
        {
            await rig.SnapshotAsync(1, request => request.State == "done");
            await RelayRig.StopAsync(relay);
        }

        await using (var again = await rig.StartAsync(settings))
        {
            await rig.Database.ExecuteAsync("UPDATE items SET n = 1 WHERE id = 3");
            (await rig.CapturedAsync(26)).Count.ShouldBe(26);
            await RelayRig.StopAsync(again);
        }

        var log = await rig.CapturedAsync(26);
        var read = log[0];
        read.Value().GetProperty("op").GetString().ShouldBe("r");
        read.Value().GetProperty("source").GetProperty("snapshot").GetString().ShouldBe("incremental");
        Position.TryParse(System.Text.Encoding.UTF8.GetBytes(read.Header(HeaderNames.Version)!), out var version).ShouldBeTrue();
        (version < RelayRig.PositionOf(read), log.Select(RelayRig.PositionOf).Distinct().Count()).ShouldBe((true, 26));
        TopicCopy.Of(log).Rows.ShouldBe(await rig.ItemsAsync(), ignoreOrder: true);
        var done = await rig.SnapshotAsync(1);
        (done.Rows, done.Chunks, done.State).ShouldBe((25, 3, "done"));
    }

    [Fact]
    public async Task A_row_that_changes_while_its_chunk_is_read_is_not_published_as_it_was()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(6);
        await using var relay = await rig.StartAsync(("Relay:Snapshots:ChunkRows", "1"));
        var id = await rig.RequestAsync(rowsPerSecond: 1);
        await rig.SnapshotAsync(id, request => request.Chunks >= 1);
        await using (var connection = await rig.Database.DataSource.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            // The chunk's snapshot is taken, and the reader waits for the table: what is written now is in neither.
            await using var command = new Npgsql.NpgsqlCommand("LOCK TABLE items IN ACCESS EXCLUSIVE MODE", connection);
            await command.ExecuteNonQueryAsync();
            await Eventually.ValueAsync(() => rig.Database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'nova snapshot' AND wait_event_type = 'Lock' AND datname = current_database())"), waits => waits);
            await using var change = new Npgsql.NpgsqlCommand("UPDATE items SET n = 1; DELETE FROM items WHERE id = 6", connection);
            await change.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        (await rig.SnapshotAsync(id, request => request.State == "done")).State.ShouldBe("done");
        await RelayRig.StopAsync(relay);
        var copy = TopicCopy.Of(await rig.CapturedAsync(9));
        copy.Rows.ShouldBe(await rig.ItemsAsync(), ignoreOrder: true);
        copy.RowsInOrder.ShouldBe(copy.Rows, ignoreOrder: true);
        copy.Read.ShouldBeLessThan(6);
    }

    [Fact]
    public async Task A_table_that_is_emptied_while_a_chunk_is_read_stays_empty()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(1);
        await rig.Database.ExecuteAsync("INSERT INTO items SELECT i, 0, 'x' FROM generate_series(2, 5) i");
        await using var relay = await rig.StartAsync(("Relay:Snapshots:ChunkRows", "1"));
        var id = await rig.RequestAsync(rowsPerSecond: 1);
        await rig.SnapshotAsync(id, request => request.Chunks >= 1);
        await rig.Database.ExecuteAsync("TRUNCATE items");
        (await rig.SnapshotAsync(id, request => request.State == "done")).State.ShouldBe("done");
        await RelayRig.StopAsync(relay);
        var log = await rig.CapturedAsync(1);
        log.SkipWhile(record => record.Key is not null).ShouldAllBe(record => record.Key == null);
    }

    [Fact]
    public async Task Writers_and_three_tables_side_by_side_end_in_equal_copies()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(20_000);
        await rig.Database.ExecuteAsync("""
            CREATE TABLE public.left_half (LIKE public.items INCLUDING ALL); CREATE TABLE public.right_half (LIKE public.items INCLUDING ALL);
            INSERT INTO left_half SELECT * FROM items WHERE id <= 10000; INSERT INTO right_half SELECT * FROM items WHERE id > 10000;
            ALTER PUBLICATION nova_cdc ADD TABLE public.left_half, public.right_half;
            """);
        await using var relay = await rig.StartAsync(("Relay:Snapshots:ChunkRows", "500"));
        var ids = new[] { await rig.RequestAsync(), await rig.RequestAsync("public.left_half"), await rig.RequestAsync("public.right_half") };
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(1, 2).Select(writer => ItemWriter.RunAsync(rig, writer, stop.Token)));
        foreach (var id in ids) (await rig.SnapshotAsync(id, request => request.State == "done")).State.ShouldBe("done");
        await stop.CancelAsync();
        var written = await writing;
        var log = await rig.CapturedSoFarAsync();
        await RelayRig.StopAsync(relay);
        var copy = TopicCopy.Of(log.Where(record => record.Table(rig) == "items"));
        written.Sum().ShouldBeGreaterThan(100);
        var items = await rig.ItemsAsync();
        copy.Rows.Except(items).Take(5).ShouldBeEmpty();
        items.Except(copy.Rows).Take(5).ShouldBeEmpty();
        copy.RowsInOrder.SetEquals(copy.Rows).ShouldBeTrue();
        TopicCopy.Of(log.Where(record => record.Table(rig) == "left_half")).Rows.Count.ShouldBe(10_000);
    }

    [Fact]
    public async Task A_snapshot_can_be_paused_resumed_filtered_and_cancelled()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(40);
        await using var relay = await rig.StartAsync(("Relay:Snapshots:ChunkRows", "5"));
        var store = new SnapshotStore(rig.Database.DataSource);
        var id = await rig.RequestAsync(filter: "id % 2 = 0", rowsPerSecond: 5);
        await rig.SnapshotAsync(id, request => request.Chunks >= 1);
        await store.MoveAsync("public.items", ["requested", "running"], "paused", CancellationToken.None);
        await Eventually.LocalAsync(() => File.ReadAllText(rig.LogFile), _ => true);
        var paused = await rig.SnapshotAsync(id);
        (await store.MoveAsync(id.ToString(System.Globalization.CultureInfo.InvariantCulture), ["paused"], "running", CancellationToken.None)).ShouldBe(1);
        var done = await rig.SnapshotAsync(id, request => request.State == "done");
        (paused.State, done.State, done.Rows).ShouldBe(("paused", "done", 20));
        TopicCopy.Of(await rig.CapturedAsync(20)).Rows.ShouldBe((await rig.ItemsAsync()).Where(item => item[..item.IndexOf(',', StringComparison.Ordinal)][^1] is '0' or '2' or '4' or '6' or '8'), ignoreOrder: true);
        var second = await rig.RequestAsync(rowsPerSecond: 1);
        await rig.SnapshotAsync(second, request => request.Chunks >= 1);
        await store.MoveAsync("public.items", ["requested", "running", "paused"], "cancelled", CancellationToken.None);
        (await rig.SnapshotAsync(second)).State.ShouldBe("cancelled");
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task What_can_not_be_read_fails_with_its_reason_and_the_WAL_flows_on()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.CreateItemsAsync(3);
        await rig.Database.ExecuteAsync("CREATE TABLE public.keyless (text text); ALTER TABLE keyless REPLICA IDENTITY FULL; ALTER PUBLICATION nova_cdc ADD TABLE public.keyless");
        await rig.Database.ExecuteAsync("CREATE TABLE public.large (id int PRIMARY KEY, text text); INSERT INTO large VALUES (1, repeat('x', 3000000)); ALTER PUBLICATION nova_cdc ADD TABLE public.large");
        await using var relay = await rig.StartAsync(("Topics:MaxRecordBytes", "1048576"));
        var requests = new[]
        {
            (await rig.RequestAsync(filter: "nothing = 1"), "column \"nothing\" does not exist"), (await rig.RequestAsync("public.keyless"), "give it a primary key"),
            (await rig.RequestAsync("public.absent"), "it is not captured"), (await rig.RequestAsync("public.large"), "max.message.bytes"),
        };
        foreach (var (id, reason) in requests)
        {
            var failed = await rig.SnapshotAsync(id, request => request.State == "failed");
            failed.State.ShouldBe("failed");
            failed.Reason.ShouldNotBeNull().ShouldContain(reason);
        }

        await rig.Database.ExecuteAsync("UPDATE items SET n = 5 WHERE id = 1");
        (await rig.CapturedAsync(1)).ShouldHaveSingleItem().Short().ShouldBe("""u {"id":1} null → {"id":1,"n":5,"text":"row 1"}""");
        await RelayRig.StopAsync(relay);
    }
}
