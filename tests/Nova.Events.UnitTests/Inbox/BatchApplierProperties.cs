using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox;
using Nova.Events.Inbox.Consuming;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Inbox;

public sealed class BatchApplierProperties
{
    private const int Records = 40;
    private static readonly InboxConsumerOptions Options = new() { Group = "g", RetryDelay = TimeSpan.FromTicks(1), MaxRetryDelay = TimeSpan.FromTicks(1), MaxAttempts = 3 };

    [Fact]
    public void Whatever_fails_and_whoever_dies_each_record_is_applied_or_a_dead_letter_once_and_in_order() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(300), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), script => Run(script).GetAwaiter().GetResult()));

    private static async Task Run(byte[] bytes)
    {
        var script = new Queue<byte>(bytes);
        var inbox = new MemoryInbox(new InboxRow(new InboxKey("g", "t", 0), 0, 0, CommittedState.Empty.Positions, null), script);
        var aside = new Letters(script);
        var session = new InboxSession(Options, inbox, null!, aside, NullLogger.Instance, TimeProvider.System);
        var records = Enumerable.Range(0, Records).Select(offset => new ConsumedRecord { Topic = "t", Partition = 0, Offset = offset * 2, Timestamp = DateTimeOffset.UnixEpoch }.View()).ToList();
        var owner = NewOwner();
        while (inbox.Row.Next <= records[^1].Offset)
        {
            var batch = new InboxBatch(inbox.Row);
            // Batches are cut anywhere, also behind repeats: an owner may have read no more yet.
            var length = script.TryDequeue(out var next) ? 1 + (next % 7) : 7;
            foreach (var record in records.Where(record => record.Offset >= inbox.Row.Next).Take(length)) batch.Add(record, IsRepeat(record.Offset), inbox.Row.Positions);
            try
            {
                await owner.ApplyAsync(batch);
            }
            catch (OwnerDiedException)
            {
                owner = NewOwner();
            }
        }

        var letters = aside.Written.Distinct().ToList();
        inbox.Applied.ShouldBe(records.Select(record => record.Offset).Where(offset => !IsRepeat(offset)).Except(letters));
        letters.ShouldBeInOrder();
        aside.Written.Count.ShouldBeLessThanOrEqualTo(letters.Count + aside.Deaths, "each owner writes it once");
        owner.IsRetrying.ShouldBeFalse();

        BatchApplier NewOwner() => new(session, isRetryTopic: false, CancellationToken.None, CancellationToken.None);
    }

    private static bool IsRepeat(long offset) => offset % 10 is 2 or 4;
}
