using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Inbox;

[Collection(ConsumerServersCollection.Name)]
public sealed class InboxFailureTests(RunningServers servers)
{
    [Fact]
    public async Task A_poisoned_record_among_good_ones_is_a_dead_letter_and_its_writes_are_not_there()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(30, i => $"k{i % 3}");
        var member = rig.Run(number => number is 4 or 5 or 19 ? Outcome.Poisoned("It is bad.") : Outcome.Handled);
        await rig.BookedAsync(27, member);
        (await Eventually.ValueAsync(() => rig.NextAsync(), next => next == 30)).ShouldBe(30);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 30).Except([4, 5, 19]));
        var letters = await rig.DeadLettersAsync();
        letters.Select(letter => letter.Header(HeaderNames.DeadLetterOffset)).ShouldBe(["4", "5", "19"]);
        letters.ShouldAllBe(letter => letter.Header(HeaderNames.DeadLetterReason) == "It is bad." && letter.Header(HeaderNames.DeadLetterAttempts) == "1");
    }

    [Fact]
    public async Task A_record_that_fails_is_tried_again_alone_and_what_was_committed_before_it_is_not_done_again()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(10, _ => "k");
        var failed = 0;
        var member = rig.Run(
            number => number == 6 && ++failed <= 5 ? failed % 2 == 0 ? throw new InvalidOperationException("broken") : Outcome.RetryLater("not yet") : Outcome.Handled,
            options => options.BatchAge = TimeSpan.FromMilliseconds(200));
        await rig.BookedAsync(10, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 10));
        // The batch, what precedes the record, the record alone until it is through, what follows it.
        rig.Tried.ShouldBe([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 7, 8, 9]);
        rig.Lines.Count(line => line.Contains(":6 is handled again", StringComparison.Ordinal)).ShouldBe(4);
    }

    [Fact]
    public async Task After_its_last_attempt_a_record_is_a_dead_letter_and_its_partition_goes_on()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(4, _ => "k");
        var member = rig.Run(number => number == 1 ? Outcome.RetryLater("It never works.") : Outcome.Handled, options => options.MaxAttempts = 3);
        await rig.BookedAsync(3, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([0, 2, 3]);
        var letter = (await rig.DeadLettersAsync()).ShouldHaveSingleItem();
        letter.Header(HeaderNames.DeadLetterAttempts).ShouldBe("3");
    }

    [Fact]
    public async Task A_constraint_that_fails_at_the_commit_is_traced_to_its_record()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.ExecuteAsync("ALTER TABLE ledger ADD CONSTRAINT one UNIQUE (number) DEFERRABLE INITIALLY DEFERRED");
        for (var i = 0; i < 8; i++) await rig.Kafka.WriteAsync(rig.Kafka.Topic, InboxRig.Message(i == 5 ? 2 : i));
        var member = rig.Run(_ => Outcome.Handled, options => (options.MaxAttempts, options.BatchAge) = (2, TimeSpan.FromMilliseconds(200)));
        await rig.BookedAsync(7, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([0, 1, 2, 3, 4, 6, 7]);
        var letter = (await rig.DeadLettersAsync()).ShouldHaveSingleItem();
        letter.Header(HeaderNames.DeadLetterOffset).ShouldBe("5");
        letter.Header(HeaderNames.DeadLetterReason).ShouldBe("The transaction could not be committed: PostgresException.");
    }

    [Fact]
    public async Task A_handler_that_says_nothing_of_a_failed_statement_loses_nothing_of_other_records()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(9, _ => "k");
        var member = rig.Run(
            async (number, transaction, cancellationToken) =>
            {
                if (number != 4) return Outcome.Handled;
                await using var wrong = new NpgsqlCommand("SELECT 1 / 0", transaction.Connection, transaction);
                await Should.ThrowAsync<PostgresException>(wrong.ExecuteScalarAsync(cancellationToken));
                return Outcome.Handled;
            },
            options => options.MaxAttempts = 2);
        await rig.BookedAsync(8, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 9).Except([4]));
        (await rig.DeadLettersAsync()).ShouldHaveSingleItem().Header(HeaderNames.DeadLetterOffset).ShouldBe("4");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_that_ends_the_transaction_stops_the_consumer_with_the_reason(bool commit)
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(3, _ => "k");
        var member = rig.Run(
            async (number, transaction, cancellationToken) =>
            {
                if (number == 2) await (commit ? transaction.CommitAsync(cancellationToken) : transaction.RollbackAsync(cancellationToken));
                return Outcome.Handled;
            },
            // All three in one transaction, however they are fetched.
            options => (options.BatchRecords, options.BatchAge) = (3, TimeSpan.FromMinutes(1)));
        (await Should.ThrowAsync<TransactionEndedException>(member.Running)).Message.ShouldContain("Leave it open");
        member.Stop.Dispose();
        (await rig.NextAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("poisoned")]
    [InlineData("later")]
    [InlineData("throws")]
    [InlineData("aborted")]
    [InlineData("lost")]
    public async Task A_handler_that_commits_and_then_fails_stops_the_consumer_before_anything_is_applied_again(string how)
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(6, _ => "k");
        var member = rig.Run(async (number, transaction, cancellationToken) =>
        {
            if (number != 3) return Outcome.Handled;
            var connection = transaction.Connection!;
            await transaction.CommitAsync(cancellationToken);
            if (how == "throws") throw new InvalidOperationException("broken");
            if (how is "later" or "poisoned") return how == "later" ? Outcome.RetryLater("not yet") : Outcome.Poisoned("bad");
            await using var begin = new NpgsqlCommand("BEGIN", connection);
            await begin.ExecuteNonQueryAsync(cancellationToken);
            await using var wrong = new NpgsqlCommand(how == "lost" ? "SELECT pg_terminate_backend(pg_backend_pid())" : "SELECT 1 / 0", connection);
            await wrong.ExecuteScalarAsync(cancellationToken);
            return Outcome.Handled;
        });
        await Should.ThrowAsync<TransactionEndedException>(member.Running.WaitAsync(TimeSpan.FromSeconds(30)));
        member.Stop.Dispose();
        (await rig.NumbersAsync()).ShouldBe([0, 1, 2, 3]);
        rig.Tried.ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public async Task While_dead_letters_cannot_be_written_the_partition_waits_as_one_that_is_tried_again_and_holds_no_transaction()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await DeleteDeadLettersAsync(rig);
        await rig.Kafka.WriteAsync(5, _ => "k");
        var member = rig.Run(number => number == 2 ? Outcome.Poisoned("bad") : Outcome.Handled);
        await rig.BookedAsync(2, member);
        (await rig.LineAsync("could not be written to")).ShouldNotBeEmpty();
        (await Eventually.LocalAsync(() => ConsumerMetrics.Readings(rig.Kafka.Group).Any(reading => reading.Status == PartitionStatus.Retrying), retries => retries)).ShouldBeTrue();
        (await Eventually.ValueAsync(() => OpenTransactionsAsync(rig), open => open == 0)).ShouldBe(0);
        (await rig.CountAsync()).ShouldBe(2);
        await rig.Kafka.CreateAsync(Topics.DeadLetters(rig.Kafka.Group), 1);
        await rig.BookedAsync(4, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([0, 1, 3, 4]);
        var letters = await rig.DeadLettersAsync();
        letters.ShouldNotBeEmpty();
        letters.ShouldAllBe(letter => letter.Header(HeaderNames.DeadLetterOffset) == "2");
    }

    [Fact]
    public async Task A_record_that_was_given_up_becomes_a_dead_letter_whoever_owns_it_next_and_whatever_its_handler_would_do()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await DeleteDeadLettersAsync(rig);
        await rig.Kafka.WriteAsync(5, _ => "k");
        var first = rig.Run(
            number => number == 2 ? Outcome.RetryLater("It has\0never \ud800worked.", new TimeoutException()) : Outcome.Handled, options => (options.MaxAttempts, options.DrainTimeout) = (3, TimeSpan.Zero));
        (await rig.LineAsync("could not be written to")).ShouldNotBeEmpty();
        await first.EndAsync();
        var tried = rig.Tried.Count(number => number == 2);
        await rig.Kafka.CreateAsync(Topics.DeadLetters(rig.Kafka.Group), 1);
        var mended = rig.Run();
        (await Eventually.ValueAsync(() => rig.NextAsync(), next => next == 5)).ShouldBe(5);
        await mended.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([0, 1, 3, 4]);
        rig.Tried.Count(number => number == 2).ShouldBe(tried);
        var letters = await rig.DeadLettersAsync();
        letters.ShouldNotBeEmpty();
        letters.ShouldAllBe(letter => letter.Header(HeaderNames.DeadLetterOffset) == "2" && letter.Header(HeaderNames.DeadLetterAttempts) == "3"
            && letter.Header(HeaderNames.DeadLetterReason)!.EndsWith("worked.", StringComparison.Ordinal) && letter.Header(HeaderNames.DeadLetterException) == "System.TimeoutException");
        letters.Select(letter => letter.Header(HeaderNames.DeadLetterId)).Distinct().ShouldHaveSingleItem();
        (await rig.ScalarAsync<long>("SELECT count(*) FROM nova.inbox WHERE num_nonnulls(aside_offset, aside_attempts, aside_reason, aside_exception) > 0")).ShouldBe(0);
    }

    [Fact]
    public async Task A_record_that_was_given_up_stays_so_where_the_next_owner_reads_the_repeats_in_front_of_it_alone()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await DeleteDeadLettersAsync(rig);
        foreach (var number in new[] { 0, 0, 1, 2 })
            await rig.Kafka.WriteAsync(rig.Kafka.Topic, InboxRig.Message(number, (HeaderNames.Position, new SourcePosition("main", Position.Of(1, (ulong)number, 0)).ToString())));
        var first = rig.Run(number => number == 1 ? Outcome.Poisoned("bad") : Outcome.Handled, options => options.DrainTimeout = TimeSpan.Zero);
        (await rig.LineAsync("could not be written to")).ShouldNotBeEmpty();
        await first.EndAsync();
        var tried = rig.Tried.Count(number => number == 1);
        await rig.Kafka.CreateAsync(Topics.DeadLetters(rig.Kafka.Group), 1);
        var mended = rig.Run(configure: options => options.BatchBytes = 1);
        (await Eventually.ValueAsync(() => rig.NextAsync(), next => next == 4)).ShouldBe(4);
        await mended.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([0, 2]);
        rig.Tried.Count(number => number == 1).ShouldBe(tried);
        var letters = await rig.DeadLettersAsync();
        letters.ShouldNotBeEmpty();
        letters.ShouldAllBe(letter => letter.Header(HeaderNames.DeadLetterOffset) == "2");
    }

    [Fact]
    public async Task A_dead_letter_is_written_once_however_often_the_row_cannot_be_moved_behind_it()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.ExecuteAsync("""
            CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER disk_full BEFORE UPDATE ON nova.inbox FOR EACH ROW WHEN (NEW.next_offset = 3) EXECUTE FUNCTION disk_full();
            """);
        await rig.Kafka.WriteAsync(5, _ => "k");
        var member = rig.Run(number => number == 2 ? Outcome.Poisoned("bad") : Outcome.Handled);
        (await rig.LineAsync("from 2 on is tried again (attempt 5)")).ShouldNotBeEmpty();
        (await rig.DeadLettersAsync()).Count.ShouldBe(1);
        await rig.ExecuteAsync("DROP TRIGGER disk_full ON nova.inbox");
        await rig.BookedAsync(4, member);
        await member.EndAsync();
        (await rig.DeadLettersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_handler_whose_callback_throws_when_it_is_cancelled_takes_nothing_else_down()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(3, _ => "k");
        var waits = new TaskCompletionSource();
        var member = rig.Run(
            async (number, _, cancellationToken) =>
            {
                if (number != 2) return Outcome.Handled;
                await using var registration = cancellationToken.Register(() => throw new InvalidOperationException("broken callback"));
                waits.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                return Outcome.Handled;
            },
            options => (options.DrainTimeout, options.BatchRecords) = (TimeSpan.Zero, 1));
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await member.EndAsync();
        (await rig.LineAsync("a callback of its handler threw")).ShouldStartWith("Warning");
        (await rig.NumbersAsync()).ShouldBe([0, 1]);
        var next = rig.Run();
        await rig.BookedAsync(3, next);
        await next.EndAsync();
        (await rig.NumbersAsync()).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task A_batch_that_takes_long_ends_between_two_records_so_that_it_can_never_take_for_ever()
    {
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.Kafka.WriteAsync(10, _ => "k");
        // A third of it has always passed.
        var member = rig.Run(configure: options => (options.StallTimeout, options.BatchAge) = (TimeSpan.FromTicks(3), TimeSpan.FromMilliseconds(200)));
        await rig.BookedAsync(10, member);
        await member.EndAsync();
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, 10));
        (await rig.ScalarAsync<long>("SELECT count(DISTINCT xmin::text) FROM ledger")).ShouldBe(10);
        (await rig.NextAsync()).ShouldBe(10);
    }

    private static async Task DeleteDeadLettersAsync(InboxRig rig)
    {
        using var admin = new AdminClientBuilder(rig.Kafka.Kafka.ApplyTo(new AdminClientConfig(), "test")).Build();
        await admin.DeleteTopicsAsync([Topics.DeadLetters(rig.Kafka.Group)]);
    }

    private static Task<long> OpenTransactionsAsync(InboxRig rig) =>
        rig.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'");
}
