using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Nova.Events.IntegrationTests.Kafka;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming.State;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Inbox;

/// <summary>Two owners of a partition at once: the row's lock lets one in after the other, and the second finds the row elsewhere.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class InboxOwnersTests(RunningServers servers)
{
    [Fact]
    public async Task Of_two_that_apply_the_same_batch_at_once_one_does()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        var row = new InboxRow(new InboxKey("g", "t", 0), 0, 0, CommittedState.Empty.Positions, null);
        var records = Enumerable.Range(0, 5).Select(i => new ConsumedRecord { Topic = "t", Partition = 0, Offset = i, Timestamp = DateTimeOffset.UnixEpoch, Value = "1"u8.ToArray() }.View()).ToList();
        var inbox = new PostgresInbox(cancellationToken => NpgsqlWork.OpenAsync(rig.DataSource, new Booking(), cancellationToken), TimeSpan.FromMinutes(1));
        await inbox.BeginAsync(row, CancellationToken.None);
        await inbox.BeginAsync(row with { Next = 3 }, CancellationToken.None);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => inbox.ApplyAsync(new InboxStep(row, row with { Next = 5 }, records), CancellationToken.None)));
        results.Count(result => result.Kind == StepResultKind.Applied).ShouldBe(1);
        results.Count(result => result.Kind == StepResultKind.Moved).ShouldBe(7);
        (await rig.CountAsync()).ShouldBe(5);
        (await inbox.LoadAsync(row.Key, CancellationToken.None))!.Next.ShouldBe(5);
    }

    public static TheoryData<GroupProtocol> Protocols => [GroupProtocol.Classic, GroupProtocol.Consumer];

    [Theory, MemberData(nameof(Protocols))]
    public async Task Members_that_come_and_go_in_mid_batch_apply_each_record_once_and_in_order(GroupProtocol protocol)
    {
        await using var rig = await InboxRig.StartAsync(servers, partitions: 4);
        var written = 0;
        async Task WriteAsync(int count)
        {
            await rig.Kafka.WriteAsync(count, i => $"k{i % 40}");
            written += count;
        }

        await WriteAsync(400);
        var first = rig.Run(Yielding, options => options.Protocol = protocol);
        await rig.BookedAsync(200, first);
        var second = rig.Run(Yielding, options => options.Protocol = protocol);
        await WriteAsync(600);
        await rig.BookedAsync(700, first, second);
        // Its batch is under way: it ends, and the other one goes on behind it.
        await first.EndAsync();
        await WriteAsync(500);
        var third = rig.Run(Yielding, options => options.Protocol = protocol);
        await rig.BookedAsync(written, second, third);
        await second.EndAsync();
        await third.EndAsync();
        (await rig.NumbersAsync()).Order().ShouldBe(Enumerable.Range(0, written));
        var ofPartition = await rig.ScalarAsync<long>("SELECT count(*) FROM (SELECT number < lag(number) OVER (PARTITION BY partition ORDER BY id) AS back FROM ledger) AS steps WHERE back");
        ofPartition.ShouldBe(0, "records written later were booked first");

        static async ValueTask<Outcome> Yielding(int number, NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return Outcome.Handled;
        }
    }

    [Fact]
    public async Task An_owner_that_freezes_with_the_row_in_hand_holds_the_next_one_no_longer_than_the_transaction_s_timeout_and_applies_nothing_when_it_wakes()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(20, _ => "k");
        var (froze, wake) = (new TaskCompletionSource(), new TaskCompletionSource());
        var frozen = rig.Run(
            async (number, _, _) =>
            {
                if (number != 13) return Outcome.Handled;
                froze.TrySetResult();
                // It hears of nothing: no token, no rebalance.
                await wake.Task;
                return Outcome.Handled;
            },
            options => (options.TransactionTimeout, options.DrainTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.Zero));
        await froze.Task.WaitAsync(HandlerRig.Patience);
        await frozen.Stop.CancelAsync();
        var next = rig.Run();
        await rig.BookedAsync(20, next);
        wake.SetResult();
        await frozen.EndAsync();
        await next.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 20));
        (await rig.NextAsync()).ShouldBe(20);
    }

    [Fact]
    public async Task An_owner_that_was_overtaken_writes_no_dead_letter()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(5, _ => "k");
        var tries = 0;
        var late = rig.Run(
            (number, _, _) => ValueTask.FromResult(number == 2 && ++tries > 0 ? Outcome.Poisoned("bad") : Outcome.Handled),
            wrap: work => new WatchedWork(work, one => one.CommitAsync())
            {
                // Its verdict is made, its transaction rolled back: another owner handles the record before the late one says so.
                Ended = () => tries == 2 ? rig.ExecuteAsync("UPDATE nova.inbox SET next_offset = 5") : Task.CompletedTask,
            },
            configure: options => options.BatchAge = TimeSpan.FromMilliseconds(200));
        (await rig.LineAsync("is no longer at")).ShouldNotBeEmpty();
        await late.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([0, 1]);
        (await rig.DeadLettersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_commit_of_the_handler_s_own_that_lands_only_after_its_connection_broke_is_found_out_before_anything_is_applied_again()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.ExecuteAsync("""
            CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER rest AFTER INSERT ON ledger DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rest();
            """);
        await using var holder = await rig.DataSource.OpenConnectionAsync();
        await ExecuteAsync(holder, "SELECT pg_advisory_lock(1)");
        var direct = new NpgsqlConnectionStringBuilder(rig.ConnectionString);
        using var way = new CutWay(direct.Port);
        await using var through = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(rig.ConnectionString) { Host = "127.0.0.1", Port = way.Port });
        var handler = new Booking { CommitsFirst = true };
        var inbox = new PostgresInbox(cancellationToken => NpgsqlWork.OpenAsync(through, handler, cancellationToken), TimeSpan.FromMinutes(1));
        var row = new InboxRow(new InboxKey("g", "t", 0), 0, 0, CommittedState.Empty.Positions, null);
        await inbox.BeginAsync(row, CancellationToken.None);
        var record = new ConsumedRecord { Topic = "t", Partition = 0, Offset = 0, Timestamp = DateTimeOffset.UnixEpoch, Value = "1"u8.ToArray() }.View();
        var step = new InboxStep(row, row with { Next = 1 }, [record]);

        var first = inbox.ApplyAsync(step, CancellationToken.None);
        (await WaitingAsync(rig, "query = 'COMMIT' AND wait_event = 'advisory'")).ShouldBe(1);
        way.Cut();
        (await first).Kind.ShouldBe(StepResultKind.Unavailable);
        var second = inbox.ApplyAsync(step, CancellationToken.None);
        (await WaitingAsync(rig, "query LIKE '%FOR UPDATE%'")).ShouldBe(1);
        await ExecuteAsync(holder, "SELECT pg_advisory_unlock(1)");
        await Should.ThrowAsync<TransactionEndedException>(second);
        (await rig.CountAsync()).ShouldBe(1);
        (await rig.ScalarAsync<long>("SELECT next_offset FROM nova.inbox")).ShouldBe(0);
    }

    private static Task<long> WaitingAsync(InboxRig rig, string condition) => Eventually.ValueAsync(
        () => rig.ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND {condition}"), waiting => waiting == 1);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Booking : Nova.Events.Inbox.IInboxHandler
    {
        public bool CommitsFirst { get; set; }

        public async ValueTask<Outcome> HandleAsync(RecordView record, NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            await using var book = new NpgsqlCommand("INSERT INTO ledger (number, partition) VALUES (1, 0)", transaction.Connection, transaction);
            await book.ExecuteNonQueryAsync(cancellationToken);
            if (!CommitsFirst) return Outcome.Handled;
            CommitsFirst = false;
            await transaction.CommitAsync(cancellationToken);
            return Outcome.Handled;
        }
    }
}
