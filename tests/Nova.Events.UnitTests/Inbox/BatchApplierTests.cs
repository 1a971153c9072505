using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox;
using Nova.Events.Inbox.Consuming;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Inbox;

public sealed class BatchApplierTests
{
    [Fact]
    public async Task A_lane_that_is_to_stop_ends_its_transaction_behind_the_record_that_is_under_way()
    {
        using var stop = new CancellationTokenSource();
        var row = new InboxRow(new InboxKey("g", "t", 0), 0, 0, CommittedState.Empty.Positions, null);
        var inbox = new MemoryInbox(row, []) { Handling = offset => { if (offset == 3) stop.Cancel(); } };
        var session = new InboxSession(new InboxConsumerOptions { Group = "g" }, inbox, null!, null!, NullLogger.Instance, TimeProvider.System);
        var batch = new InboxBatch(row);
        for (var offset = 0; offset < 10; offset++)
            batch.Add(Record(offset), isRepeat: false, row.Positions);
        await Should.ThrowAsync<OperationCanceledException>(new BatchApplier(session, isRetryTopic: false, stop.Token, CancellationToken.None).ApplyAsync(batch));
        inbox.Applied.ShouldBe([0, 1, 2, 3]);
        inbox.Row.Next.ShouldBe(4);
    }

    /// <summary>Rows of an earlier version are at the repeats in front of it; and an operator may move a row back.</summary>
    [Fact]
    public async Task A_record_that_was_given_up_is_kept_out_of_what_is_handled_before_and_after_it()
    {
        var row = new InboxRow(new InboxKey("g", "t", 0), 0, 0, CommittedState.Empty.Positions, null) { Aside = new InboxVerdict(3, 2, "bad", null) };
        var (inbox, letters) = (new MemoryInbox(row, []), new Letters([]));
        var batch = new InboxBatch(row);
        for (var offset = 0; offset < 6; offset++) batch.Add(Record(offset), isRepeat: offset == 1, row.Positions);
        (await Applier(inbox, letters, isRetryTopic: false).ApplyAsync(batch)).ShouldBe(inbox.Row);
        inbox.Applied.ShouldBe([0, 2, 4, 5]);
        letters.Written.ShouldBe([3]);
        (inbox.Row.Next, inbox.Row.Aside).ShouldBe((6, null));
    }

    [Theory]
    [InlineData("1", 3)]
    [InlineData("2147483647", 3)]
    [InlineData("9223372036854775807", 3)]
    [InlineData("-5", 3)]
    public async Task Whatever_a_record_says_of_its_attempts_it_is_a_dead_letter_after_the_last_one(string said, int attempts)
    {
        var row = new InboxRow(new InboxKey("g", "g.retry", 0), 0, 0, CommittedState.Empty.Positions, null);
        // It fails, to be tried again, for as long as there is script.
        var (inbox, letters) = (new MemoryInbox(row, new Queue<byte>([3, 3, 3, 11, 11])), new Letters([]));
        var batch = new InboxBatch(row);
        batch.Add(Record(0, new RecordHeader(HeaderNames.DeadLetterAttempts, Encoding.UTF8.GetBytes(said))), isRepeat: false, row.Positions);
        await Applier(inbox, letters, isRetryTopic: true).ApplyAsync(batch);
        (letters.Written.Count, letters.Attempts).ShouldBe((1, attempts));
    }

    private static BatchApplier Applier(MemoryInbox inbox, Letters letters, bool isRetryTopic)
    {
        var options = new InboxConsumerOptions { Group = "g", RetryDelay = TimeSpan.FromTicks(1), MaxRetryDelay = TimeSpan.FromTicks(1), MaxAttempts = 3 };
        return new BatchApplier(new InboxSession(options, inbox, null!, letters, NullLogger.Instance, TimeProvider.System), isRetryTopic, CancellationToken.None, CancellationToken.None);
    }

    private static RecordView Record(long offset, params RecordHeader[] headers) =>
        new ConsumedRecord { Topic = "t", Partition = 0, Offset = offset, Timestamp = DateTimeOffset.UnixEpoch, Headers = headers }.View();
}
