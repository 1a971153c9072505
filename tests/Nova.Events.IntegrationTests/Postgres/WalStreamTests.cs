using System.Text;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Postgres.Wal;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Postgres;

[Collection(ServersCollection.Name)]
public sealed class WalStreamTests(RunningServers servers)
{
    [Fact]
    public async Task One_slot_shows_two_publications_and_messages_in_the_order_of_the_transaction()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await database.ExecuteAsync("CREATE TABLE public.posts (id integer PRIMARY KEY, text text); ALTER PUBLICATION nova_cdc ADD TABLE public.posts");
        await database.Slots.EnsureAsync(database.Slot);
        await database.ExecuteAsync("""
            BEGIN;
            INSERT INTO public.posts VALUES (1, 'pöst');
            SELECT pg_logical_emit_message(true, 'note', 'hello');
            SELECT nova.emit('post', '1', 'PostPublished', '{"post_id": 1}');
            UPDATE public.posts SET text = NULL;
            DELETE FROM public.posts;
            COMMIT
            """);
        await using var wal = await OpenAsync(database);
        (await NextAsync(wal)).ShouldBe((WalMessageKind.Begin, ""));
        var commit = wal.CommitLsn;
        (await NextAsync(wal)).ShouldBe((WalMessageKind.Insert, "public.posts"));
        Encoding.UTF8.GetString(wal.New.Text(wal.Relation.IndexOf("text"))).ShouldBe("pöst");
        (await NextAsync(wal)).Kind.ShouldBe(WalMessageKind.LogicalMessage);
        (wal.Prefix, Encoding.UTF8.GetString(wal.Content), wal.Transactional, wal.ChangeIndex).ShouldBe(("note", "hello", true, 1u));
        // Its partition's changes are published as the root's.
        (await NextAsync(wal)).ShouldBe((WalMessageKind.Insert, "nova.outbox"));
        wal.PositionOf(era: 3).ToString().ShouldBe($"0003.{commit:x16}.00000010");
        (await NextAsync(wal)).ShouldBe((WalMessageKind.Update, "public.posts"));
        (await NextAsync(wal)).ShouldBe((WalMessageKind.Delete, "public.posts"));
        wal.ChangeIndex.ShouldBe(4u);
        (await NextAsync(wal)).Kind.ShouldBe(WalMessageKind.Commit);
        wal.TransactionEndLsn.ShouldBeGreaterThan(commit);
    }

    [Fact]
    public async Task What_was_confirmed_is_not_shown_again_and_what_was_not_is()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        await database.EmitAsync(Messages.Post("First"));
        await database.EmitAsync(Messages.Post("Second"));
        await using (var wal = await OpenAsync(database))
        {
            (await InsertedAsync(wal)).ShouldBe("First");
            await wal.ReadAsync();
            var end = wal.TransactionEndLsn;
            (await InsertedAsync(wal)).ShouldBe("Second");
            await wal.ReadAsync();
            wal.Confirm(end);
            wal.SendStatus();
            (await Eventually.ValueAsync(async () => (await database.Slots.FindAsync(database.Slot))!.ConfirmedLsn, lsn => lsn >= end)).ShouldBe(end);
        }

        await Eventually.ValueAsync(() => database.Slots.FindAsync(database.Slot), slot => slot!.ActivePid is null);
        await using var again = await OpenAsync(database);
        (await InsertedAsync(again)).ShouldBe("Second");
    }

    [Fact]
    public async Task A_column_that_is_added_in_mid_stream_shows_up_in_the_next_row()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        await database.EmitAsync(Messages.Post("Before"));
        await database.ExecuteAsync("ALTER TABLE nova.outbox ADD COLUMN shade text");
        await database.EmitAsync(Messages.Post("After"));
        await using var wal = await OpenAsync(database);
        await InsertedAsync(wal);
        wal.Relation.IndexOf("shade").ShouldBe(-1);
        await InsertedAsync(wal);
        wal.New.IsNull(wal.Relation.IndexOf("shade")).ShouldBeTrue();
    }

    [Fact]
    public async Task Disposing_ends_a_read_that_waits_and_frees_the_slot()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        var wal = await OpenAsync(database);
        var reading = wal.ReadAsync();
        await Eventually.ValueAsync(() => database.Slots.FindAsync(database.Slot), slot => slot!.ActivePid is not null);
        await wal.DisposeAsync();
        await Should.ThrowAsync<Exception>(reading);
        (await Eventually.ValueAsync(() => database.Slots.FindAsync(database.Slot), slot => slot!.ActivePid is null))!.ActivePid.ShouldBeNull();
    }

    private static Task<WalStream> OpenAsync(OutboxDatabase database) =>
        WalStream.OpenAsync(database.ConnectionString, database.Slot, ["nova_outbox", "nova_cdc"], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), CancellationToken.None);

    private static async Task<(WalMessageKind Kind, string Table)> NextAsync(WalStream wal)
    {
        await wal.ReadAsync().WaitAsync(TimeSpan.FromSeconds(20));
        return (wal.Kind, wal.Kind is WalMessageKind.Begin or WalMessageKind.Commit or WalMessageKind.LogicalMessage ? "" : $"{wal.Relation.Schema}.{wal.Relation.Name}");
    }

    /// <summary>Reads on to the next insert; returns its event type.</summary>
    private static async Task<string> InsertedAsync(WalStream wal)
    {
        while ((await NextAsync(wal)).Kind != WalMessageKind.Insert) wal.Kind.ShouldNotBe(WalMessageKind.None);
        return Encoding.UTF8.GetString(wal.New.Text(wal.Relation.IndexOf("type")));
    }
}
