using System.Text;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Streams;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Polling;

[Collection(ServersCollection.Name)]
public sealed class PollingPublishingTests(RunningServers servers)
{
    [Fact]
    public async Task What_commits_is_published_in_order_and_what_was_rolled_back_is_absent()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync();
        await using var connection = await rig.Database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await transaction.EmitAsync(Messages.Post("First"));
            await transaction.SaveAsync("point");
            await transaction.EmitAsync(Messages.Post("RolledBackToASavepoint"));
            await transaction.RollbackAsync("point");
            await transaction.CopyAsync([Messages.Post("Second"), Messages.Post("Third")]);
            await transaction.AppendAsync(0, [Messages.Post("Fourth")]);
            await transaction.CommitAsync();
        }

        await using (var rolledBack = await connection.BeginTransactionAsync())
        {
            await rolledBack.EmitAsync(Messages.Post("RolledBack"));
            await rolledBack.RollbackAsync();
        }

        await rig.Database.ExecuteAsync("SELECT nova.emit('post', '1', 'Fifth', '{}')");
        (await rig.LogAsync(5)).Select(RelayRig.TypeOf).ShouldBe(["First", "Second", "Third", "Fourth", "Fifth"]);
        await rig.EmptiedAsync();
        (await rig.Database.CountAsync()).ShouldBe(4);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_record_is_that_of_the_WAL_relay_but_for_its_position()
    {
        await using var rig = await PollingRig.CreateDisabledAsync(servers, withSlot: true);
        await rig.Database.ExecuteAsync("SELECT nova.outbox_enable_polling()");
        await rig.Database.EmitAsync(
            new OutboxMessage
            {
                AggregateType = "post",
                AggregateId = "ä-1",
                Type = "Full",
                Payload = "{\"weight\":3, \"deep\":[1e3,\"\\u00e4\"]}"u8.ToArray(),
                Headers = new Dictionary<string, string> { ["color"] = "blue", ["id"] = "mine" },
                Tenant = "acme",
                Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                OccurredAt = new DateTimeOffset(1901, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(1)),
            },
            Messages.Post("Tombstone", "ä-1", payload: null));
        await using (var connection = await rig.Database.DataSource.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await transaction.AppendAsync(0, [Messages.Post("Stream", "ä-1")]);
            await transaction.CommitAsync();
        }

        await using (var wal = await rig.StartAsync(("Relay:Mode", "Wal"), ("Relay:CloudEvents", "true")))
        {
            await rig.LogAsync(3);
            await RelayRig.StopAsync(wal);
        }

        await using var relay = await rig.StartAsync(("Relay:CloudEvents", "true"));
        var log = await Eventually.ValueAsync(() => rig.LogAsync(3), records => records.Count == 6);
        var (fromWal, polled) = (log[..3].Select(Text), log[3..].Select(Text));
        polled.ShouldBe(fromWal);
        log.Select(record => record.Header(HeaderNames.Position) is null).ShouldBe([false, false, false, true, true, true]);
        await RelayRig.StopAsync(relay);

        static string Text(Contracts.Records.ConsumedRecord record) =>
            $"{record.Topic} {record.Partition} {Encoding.UTF8.GetString(record.Key!)} {(record.Value is null ? "null" : Encoding.UTF8.GetString(record.Value))} "
            + string.Join(' ', record.Headers.Where(header => header.Name != HeaderNames.Position).Select(header => $"{header.Name}={Encoding.UTF8.GetString(header.Value!)}"));
    }

    /// <summary>Writers whose keys nothing else serialises: what the WAL says was committed first is the only truth.</summary>
    [Fact]
    public async Task The_order_of_each_key_is_that_of_the_WAL()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await rig.Database.Slots.EnsureAsync(rig.Database.Slot);
        await using (var relay = await rig.StartAsync())
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => KeyedEvents.WriteUnserialisedAsync(rig, seed, transactions: 150)));
            await rig.EmptiedAsync();
            await RelayRig.StopAsync(relay);
        }

        await using var wal = await rig.StartAsync(("Relay:Mode", "Wal"));
        var written = (int)await rig.Database.CountAsync();
        var log = await Eventually.ValueAsync(() => rig.LogAsync(written), records => records.Count(IsFromWal) == written);
        PollingRig.Delivered(log.Where(record => !IsFromWal(record))).Count.ShouldBe(written);
        foreach (var key in log.GroupBy(record => Convert.ToHexString(record.Key!)))
            PollingRig.Delivered(key.Where(record => !IsFromWal(record))).Select(IdOf).ShouldBe(key.Where(IsFromWal).Select(IdOf));
        await RelayRig.StopAsync(wal);

        static bool IsFromWal(Contracts.Records.ConsumedRecord record) => record.Header(HeaderNames.Position) is not null;
        static string? IdOf(Contracts.Records.ConsumedRecord record) => record.Header(HeaderNames.Id);
    }

    /// <summary>The gap of polled outboxes: a smaller number becomes visible after a larger one was published.</summary>
    [Fact]
    public async Task A_transaction_that_is_open_for_long_is_not_passed_over_and_holds_up_its_own_keys_only()
    {
        await using var rig = await PollingRig.CreateAsync(servers, buckets: 1);
        await using var relay = await rig.StartAsync();
        await using var slow = await rig.Database.DataSource.OpenConnectionAsync();
        await using var open = await slow.BeginTransactionAsync();
        await open.EmitAsync(Messages.Post("Older", "a"));
        await rig.Database.EmitAsync(Messages.Post("Newer", "b"));
        (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldBe(["Newer"]);
        var waits = rig.Database.EmitAsync(Messages.Post("BehindOlder", "a"));
        (await Eventually.ValueAsync(
            () => rig.Database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"), waiting => waiting == 1)).ShouldBe(1);
        await open.CommitAsync();
        await waits;
        (await rig.LogAsync(3)).Where(record => record.Key![0] == 'a').Select(RelayRig.TypeOf).ShouldBe(["Older", "BehindOlder"]);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task More_than_memory_may_hold_at_once_goes_piece_by_piece()
    {
        await using var rig = await PollingRig.CreateAsync(servers, buckets: 3);
        var payload = '"' + new string('x', 700_000) + '"';
        for (var i = 0; i < 12; i++) await rig.Database.EmitAsync(Messages.Post($"E{i}", "1", payload), Messages.Post($"E{i}", "2", payload));
        await using var relay = await rig.StartAsync(("Relay:MaxInFlightBytes", "1048576"));
        var log = await rig.LogAsync(24);
        foreach (var key in log.GroupBy(record => Encoding.UTF8.GetString(record.Key!))) key.Select(RelayRig.TypeOf).ShouldBe(Enumerable.Range(0, 12).Select(i => $"E{i}"));
        (log.Count, RelayRig.ProgressOf(relay).State).ShouldBe((24, "running"));
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task Of_two_transactions_that_emit_for_two_keys_in_opposite_order_one_is_ended_and_the_other_is_published()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync();
        var outcomes = await Task.WhenAll(BothAsync("First", "a", "b"), BothAsync("Second", "b", "a"));
        outcomes.ShouldBe([true, false], ignoreOrder: true);
        var winner = outcomes[0] ? "First" : "Second";
        (await rig.LogAsync(2)).Select(RelayRig.TypeOf).ShouldBe([winner, winner]);
        await rig.EmptiedAsync();
        await RelayRig.StopAsync(relay);

        async Task<bool> BothAsync(string type, string first, string second)
        {
            await using var connection = await rig.Database.DataSource.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await transaction.EmitAsync(Messages.Post(type, first));
            await Eventually.ValueAsync(() => rig.Database.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"), held => held >= 2);
            try
            {
                await transaction.EmitAsync(Messages.Post(type, second));
                await transaction.CommitAsync();
                return true;
            }
            catch (Npgsql.PostgresException exception) when (exception.SqlState == Npgsql.PostgresErrorCodes.DeadlockDetected)
            {
                return false;
            }
        }
    }
}
