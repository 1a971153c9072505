using Nova.Events.IntegrationTests.Servers;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

/// <summary>When a day's partition may go: schema file 006_retention.sql.</summary>
[Collection(ServersCollection.Name)]
public sealed class RetentionFunctionsTests(RunningServers servers)
{
    [Fact]
    public async Task A_day_goes_once_it_is_closed_and_the_slot_is_past_it_and_it_is_old_enough()
    {
        await using var database = await WithOldDayAsync();
        (await ObstacleAsync(database)).ShouldBe("open_transaction");
        (await database.ScalarAsync<int>("SELECT nova.outbox_close_days()")).ShouldBe(1);
        (await ObstacleAsync(database)).ShouldBe("slot_behind");
        (await DropAsync(database)).ShouldBeFalse();
        await AdvanceAsync(database);
        (await ObstacleAsync(database)).ShouldBe("none");
        (await DropAsync(database, "30 days")).ShouldBeFalse("it is not old enough");
        (await DropAsync(database)).ShouldBeTrue();
        (await DropAsync(database)).ShouldBeFalse("it is gone");
        (await database.WrittenAsync("type")).ShouldBe(["Today"]);
        (await database.ScalarAsync<long>("SELECT count(*) FROM nova.outbox_partitions")).ShouldBe(0);
    }

    [Fact]
    public async Task A_day_stays_open_while_a_transaction_that_may_have_begun_in_it_is_open()
    {
        await using var database = await WithOldDayAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var begin = new NpgsqlCommand("SELECT 1", connection)) await begin.ExecuteScalarAsync();
        // It began just now: older than tomorrow, not than the day that is over.
        (await database.ScalarAsync<string>("SELECT coalesce(nova.outbox_open_before(now() + interval '1 minute'), '')")).ShouldStartWith($"session {connection.ProcessID} has a transaction open since ");
        (await database.ScalarAsync<string>("SELECT coalesce(nova.outbox_open_before(now() - interval '1 day'), '')")).ShouldBe("");
        (await database.ScalarAsync<int>("SELECT nova.outbox_close_days()")).ShouldBe(1);
    }

    [Fact]
    public async Task Without_its_slot_a_day_stays_and_the_reason_is_told()
    {
        await using var database = await WithOldDayAsync();
        await database.ScalarAsync<int>("SELECT nova.outbox_close_days()");
        await database.Slots.DropAsync(database.Slot);
        (await ObstacleAsync(database)).ShouldBe("slot_missing");
        (await DropAsync(database)).ShouldBeFalse();
        (await database.ScalarAsync<string>($"SELECT detail FROM nova.outbox_days('{database.Slot}', '7 days') WHERE overdue")).ShouldBe($"there is no slot '{database.Slot}' of this database");
    }

    [Fact]
    public async Task Writers_wait_for_a_drop_no_longer_than_its_lock_timeout()
    {
        await using var database = await WithOldDayAsync();
        await database.ScalarAsync<int>("SELECT nova.outbox_close_days()");
        await AdvanceAsync(database);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var longer = await connection.BeginTransactionAsync();
        await Nova.Events.Outbox.NpgsqlOutbox.EmitAsync(longer, Messages.Post("Longer"));
        // The drop queues behind this one, and every writer behind the drop: it gives up, and they go on.
        var dropping = DropAsync(database);
        await database.EmitAsync(Messages.Post("Meanwhile"));
        (await Should.ThrowAsync<PostgresException>(dropping)).SqlState.ShouldBe(PostgresErrorCodes.LockNotAvailable);
        await longer.CommitAsync();
        (await DropAsync(database)).ShouldBeTrue();
        (await database.WrittenAsync("type")).Order().ShouldBe(["Longer", "Meanwhile", "Today"]);
    }

    [Fact]
    public async Task Rows_in_the_default_partition_are_counted()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        (await database.ScalarAsync<long>("SELECT nova.outbox_default_rows()")).ShouldBe(0);
        await database.ExecuteAsync("INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, created_at) VALUES (nova.uuid_v7(), 'post', '1', 'Later', now() + interval '30 days')");
        (await database.ScalarAsync<long>("SELECT nova.outbox_default_rows()")).ShouldBe(1);
    }

    /// <summary>4.A.14: with an insert-only publication no replica identity is needed, and cleaning by hand is no event.</summary>
    [Fact]
    public async Task An_update_or_delete_of_a_row_neither_fails_nor_is_an_event()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        await database.EmitAsync(Messages.Post("Only"));
        await database.ExecuteAsync("UPDATE nova.outbox SET type = 'Changed'; DELETE FROM nova.outbox; TRUNCATE nova.outbox");
        await database.EmitAsync(Messages.Post("After"));
        (await ChangesAsync(database)).ShouldBe("II");
    }

    /// <summary>P19, 4.A.13: what is attached to the root is published through it, whenever it was made.</summary>
    [Fact]
    public async Task A_row_in_a_partition_that_was_made_after_the_slot_is_published_and_a_drop_is_no_event()
    {
        await using var database = await WithOldDayAsync();
        await database.ScalarAsync<int>("SELECT nova.outbox_create_partitions(9)");
        await database.ExecuteAsync("INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, created_at) VALUES (nova.uuid_v7(), 'post', '1', 'InNine', now() + interval '9 days')");
        await database.ExecuteAsync($"DROP TABLE nova.outbox_{OldDay:yyyyMMdd}");
        (await ChangesAsync(database)).ShouldBe("III");
    }

    private static DateOnly OldDay { get; } = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-9);

    /// <summary>A partition of nine days ago with a row, and a row of today, both behind the slot.</summary>
    private async Task<OutboxDatabase> WithOldDayAsync()
    {
        var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        await database.AddOldDayAsync(OldDay);
        await database.EmitAsync(Messages.Post("Today"));
        return database;
    }

    private static Task<string> ObstacleAsync(OutboxDatabase database) =>
        database.ScalarAsync<string>($"SELECT coalesce(obstacle, 'none') FROM nova.outbox_days('{database.Slot}', '7 days') WHERE overdue");

    private static Task<bool> DropAsync(OutboxDatabase database, string retention = "7 days") =>
        database.ScalarAsync<bool>($"SELECT nova.outbox_drop_day('{OldDay:yyyy-MM-dd}', '{database.Slot}', '{retention}')");

    private static Task AdvanceAsync(OutboxDatabase database) =>
        database.ExecuteAsync($"SELECT pg_replication_slot_advance('{database.Slot}', pg_current_wal_insert_lsn())");

    /// <summary>The changes that the slot holds, by the first byte of each pgoutput message that is one.</summary>
    private static Task<string> ChangesAsync(OutboxDatabase database) => database.ScalarAsync<string>($"""
        SELECT string_agg(kind, '') FROM (
            SELECT chr(get_byte(data, 0)) AS kind FROM pg_logical_slot_peek_binary_changes('{database.Slot}', NULL, NULL, 'proto_version', '2', 'publication_names', 'nova_outbox')) AS messages
        WHERE kind IN ('I', 'U', 'D', 'T')
        """);
}
