using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming.State;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Inbox;

/// <summary>Each record's writes are in the database once, wherever the way to the commit ends.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class InboxExactlyOnceTests(RunningServers servers)
{
    [Fact]
    public async Task What_is_handled_and_how_far_it_is_are_of_one_transaction()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(95, i => $"k{i % 7}");
        var beside = new List<(long Booked, long Next)>();
        var member = rig.Run((number, _, _) =>
        {
            // From another connection: nothing of a batch is there before all of it.
            if (number % 25 == 24) lock (beside) beside.Add((rig.CountAsync().GetAwaiter().GetResult(), rig.NextAsync().GetAwaiter().GetResult()));
            return ValueTask.FromResult(Outcome.Handled);
        });
        await rig.BookedAsync(95, member);
        (await Eventually.LocalAsync(() => rig.Kafka.Committed(), offset => offset == 95)).ShouldBe(95);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 95));
        (await rig.NextAsync()).ShouldBe(95);
        beside.Count.ShouldBe(3);
        foreach (var (booked, next) in beside) booked.ShouldBe(next);
        (await rig.ScalarAsync<string>($"SELECT state FROM nova.inbox WHERE topic = '{rig.Kafka.Topic}'")).ShouldBe(new CommittedState(CommittedState.Empty.Positions.Add("main", Position.Of(1, 100, 94))).ToText(95));
    }

    [Fact]
    public async Task Sources_that_somebody_invents_neither_stop_the_inbox_nor_let_its_row_grow()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 60; i++)
            {
                var source = $"{i:00}{new string('x', SourcePosition.MaxSourceLength - 2)}";
                await rig.Kafka.WriteAsync(rig.Kafka.Topic, InboxRig.Message(i, (HeaderNames.Position, new SourcePosition(source, new Position(ushort.MaxValue, ulong.MaxValue, uint.MaxValue)).ToString())));
            }

            // The second time the first sixteen are repeats, also for a member that has only the row; of the others nobody can tell.
            var (member, expected) = (rig.Run(), round == 0 ? 60 : 60 + 44);
            await rig.BookedAsync(expected, member);
            (await Eventually.ValueAsync(() => rig.NextAsync(), next => next == (round + 1) * 60)).ShouldBe((round + 1) * 60);
            (await Eventually.LocalAsync(() => rig.Kafka.Committed(), offset => offset == (round + 1) * 60)).ShouldBe((round + 1) * 60);
            await member.EndAsync();
            (await rig.CountAsync()).ShouldBe(expected);
            (await rig.ScalarAsync<int>($"SELECT max(length(state)) FROM nova.inbox WHERE topic = '{rig.Kafka.Topic}'")).ShouldBeLessThan(CommittedState.MaxBytes);
        }

        rig.Lines.Count(line => line.Contains("too-many-sources", StringComparison.Ordinal)).ShouldBe(2, "once for each member");
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_found_in_the_inbox_and_not_repeated()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(100, i => $"k{i}");
        var commits = 0;
        var member = rig.Run(wrap: work => new WatchedWork(work, async inner =>
        {
            await inner.CommitAsync();
            if (++commits % 3 == 0) throw new NpgsqlException("The answer is lost.", new IOException());
        }));
        await rig.BookedAsync(100, member);
        await Eventually.ValueAsync(() => rig.NextAsync(), next => next == 100);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 100));
        rig.Lines.ShouldContain(line => line.Contains("is no longer at", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_that_break_in_mid_batch_leave_nothing_and_count_for_no_attempt()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(60, i => $"k{i}");
        var broken = new HashSet<int>();
        var member = rig.Run(
            async (number, transaction, cancellationToken) =>
            {
                if (number % 10 == 7 && broken.Add(number))
                {
                    await using var end = new NpgsqlCommand("SELECT pg_terminate_backend(pg_backend_pid())", transaction.Connection, transaction);
                    await end.ExecuteNonQueryAsync(cancellationToken);
                }

                return Outcome.Handled;
            },
            options => options.MaxAttempts = 1);
        await rig.BookedAsync(60, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 60));
        broken.Count.ShouldBe(6);
        (await rig.DeadLettersAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("40001")]
    [InlineData("40P01")]
    [InlineData("55P03")]
    [InlineData("57P01")]
    public async Task What_the_database_asks_to_try_again_is_tried_again_and_is_no_failure_of_the_record(string state)
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(5, i => $"k{i}");
        var refused = 0;
        var member = rig.Run(
            async (number, transaction, cancellationToken) =>
            {
                if (number != 3 || ++refused > 4) return Outcome.Handled;
                await using var refuse = new NpgsqlCommand($"DO $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '{state}'; END $$", transaction.Connection, transaction);
                try
                {
                    await refuse.ExecuteNonQueryAsync(cancellationToken);
                }
                catch (PostgresException exception) when (refused % 2 == 0)
                {
                    return Outcome.RetryLater("The database refused.", exception);
                }

                return Outcome.Handled;
            },
            options => options.MaxAttempts = 1);
        await rig.BookedAsync(5, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 5));
        (await rig.DeadLettersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task While_the_database_is_away_the_member_stays_and_goes_on_when_it_is_back()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(20, i => $"k{i}");
        var member = rig.Run();
        await rig.BookedAsync(20, member);
        var name = new NpgsqlConnectionStringBuilder(rig.ConnectionString).Database;
        await using var server = NpgsqlDataSource.Create(servers.Postgres);
        await ExecuteAsync(server, $"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false");
        await ExecuteAsync(server, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        await rig.Kafka.WriteAsync(20, i => $"k{i}");
        (await rig.LineAsync("is tried again (attempt 5)")).ShouldNotBeEmpty();
        // A member that comes meanwhile waits as well.
        var second = rig.Run();
        (await rig.LineAsync("can't be asked about")).ShouldNotBeEmpty();
        await ExecuteAsync(server, $"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true");
        NpgsqlConnection.ClearAllPools();
        await rig.BookedAsync(40, member, second);
        await member.EndAsync();
        await second.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 40));
    }

    [Fact]
    public async Task Repeats_by_position_are_dropped_across_restarts_too()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        static (string, string) At(uint ordinal) => (HeaderNames.Position, new SourcePosition("main", Position.Of(1, 100, ordinal)).ToString());
        for (var restart = 0; restart < 3; restart++)
        {
            for (var i = 0; i <= restart * 10; i += 5) await rig.Kafka.WriteAsync(rig.Kafka.Topic, InboxRig.Message(-1, At((uint)i)));
            for (var i = 1; i <= 10; i++) await rig.Kafka.WriteAsync(rig.Kafka.Topic, InboxRig.Message((restart * 10) + i, At((uint)((restart * 10) + i))));
            var member = rig.Run(configure: options => options.BatchRecords = 3);
            await rig.BookedAsync(((restart + 1) * 10) + 1, member);
            await member.EndAsync();
        }

        // Ordinal 0 was new once.
        (await rig.NumbersAsync()).ShouldBe([-1, .. Enumerable.Range(1, 30)]);
    }

    [Fact]
    public async Task Client_events_that_come_twice_are_told_by_their_ids_across_restarts_too()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        var ids = Enumerable.Range(0, 40).Select(_ => Guid.CreateVersion7().ToString()).ToArray();
        for (var restart = 0; restart < 4; restart++)
        {
            for (var i = 0; i < (restart + 1) * 10; i++) await rig.Kafka.WriteAsync(rig.Kafka.Topic, InboxRig.Message(i, (HeaderNames.Id, ids[i])));
            var member = rig.Run(configure: options => options.EventIdWindows[rig.Kafka.Topic] = 1_000);
            var end = Enumerable.Range(1, restart + 1).Sum(round => round * 10);
            (await Eventually.ValueAsync(() => rig.NextAsync(), next => next == end)).ShouldBe(end);
            await member.EndAsync();
        }

        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 40));
    }

    [Fact]
    public async Task A_dead_letter_that_is_redriven_twice_is_handled_once_by_a_new_owner_too()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        var letter = InboxRig.Message(
            7, (HeaderNames.DeadLetterId, Guid.CreateVersion7().ToString()), (HeaderNames.DeadLetterTopic, rig.Kafka.Topic), (HeaderNames.DeadLetterAttempts, "1"),
            (HeaderNames.OriginalPosition, "main@0001.0000000000000001.00000000"));
        var retry = Topics.Retry(rig.Kafka.Group);
        foreach (var round in new[] { 1, 2 })
        {
            await rig.Kafka.WriteAsync(retry, letter);
            await rig.Kafka.WriteAsync(retry, letter);
            var member = rig.Run();
            (await Eventually.ValueAsync(() => rig.NextAsync(retry), next => next == round * 2)).ShouldBe(round * 2);
            await member.EndAsync();
        }

        (await rig.NumbersAsync()).ShouldBe([7]);
    }

    [Fact]
    public async Task Space_stays_the_same_however_many_records_come()
    {
        await using var rig = await InboxRig.StartAsync(servers, partitions: 2);
        await rig.Kafka.WriteAsync(3_000, i => $"k{i % 50}");
        var member = rig.Run(configure: options => options.BatchRecords = 2);
        await rig.BookedAsync(3_000, member);
        await member.EndAsync();
        (await rig.ScalarAsync<long>("SELECT count(*) FROM nova.inbox WHERE next_offset > 0")).ShouldBe(2);
        (await rig.ScalarAsync<long>("SELECT pg_relation_size('nova.inbox')")).ShouldBeLessThanOrEqualTo(4 * 8192);
        (await rig.NumbersAsync()).Order().ShouldBe(Enumerable.Range(0, 3_000));
    }

    [Fact]
    public async Task With_little_memory_everything_arrives_all_the_same()
    {
        await using var rig = await InboxRig.StartAsync(servers, partitions: 2);
        var filler = new string('x', 40_000);
        for (var i = 0; i < 100; i++) await rig.Kafka.WriteAsync(rig.Kafka.Topic, InboxRig.Message(i, ("filler", filler), ("more", filler)));
        var member = rig.Run(configure: options => (options.MaxBufferedBytes, options.MaxPartitionBytes, options.BatchBytes) = (1 << 20, 1 << 18, 1 << 19));
        await rig.BookedAsync(100, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 100));
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
