using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox;
using Nova.Events.Inbox.Consuming;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;
using Outcome = Nova.Events.Contracts.Records.Outcome;

namespace Nova.Events.UnitTests.Inbox;

public sealed class BatchApplierProperties
{
    private const int Records = 40;
    private static readonly InboxConsumerOptions Options = new() { Group = "g", RetryDelay = TimeSpan.FromTicks(1), MaxRetryDelay = TimeSpan.FromTicks(1), MaxAttempts = 3 };

    [Fact]
    public void Whatever_fails_each_record_is_applied_or_a_dead_letter_once_and_in_order() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(300), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), script => Run(script).GetAwaiter().GetResult()));

    private static async Task Run(byte[] bytes)
    {
        var script = new Queue<byte>(bytes);
        var inbox = new MemoryInbox(new InboxRow(new InboxKey("g", "t", 0), 0, 0, CommittedState.Empty.Positions, null), script);
        var aside = new Letters();
        var session = new InboxSession(Options, inbox, null!, aside, NullLogger.Instance, TimeProvider.System);
        var records = Enumerable.Range(0, Records).Select(offset => new ConsumedRecord { Topic = "t", Partition = 0, Offset = offset * 2, Timestamp = DateTimeOffset.UnixEpoch }.View()).ToList();
        var applier = new BatchApplier(session, isRetryTopic: false, CancellationToken.None, CancellationToken.None);
        while (inbox.Row.Next <= records[^1].Offset)
        {
            var batch = new InboxBatch(inbox.Row);
            foreach (var record in records.Where(record => record.Offset >= inbox.Row.Next).Take(7)) batch.Add(record, isRepeat: record.Offset % 10 == 4, inbox.Row.Positions);
            await applier.ApplyAsync(batch);
        }

        var letters = aside.Offsets.Distinct().ToList();
        inbox.Applied.ShouldBe(Enumerable.Range(0, Records).Select(i => i * 2L).Where(offset => offset % 10 != 4).Except(letters));
        letters.ShouldBeInOrder();
        aside.Offsets.ShouldBe(letters, "within one process each is written once");
        applier.IsRetrying.ShouldBeFalse();
    }

    private sealed class Letters : ISetAside
    {
        public List<long> Offsets { get; } = [];

        public Task WriteAsync(RecordView record, string reason, string? exceptionType, int attempts, CancellationToken cancellationToken)
        {
            Offsets.Add(record.Offset);
            return Task.CompletedTask;
        }

        public Task<RetryPlace> RetryAsync(RecordView record, Outcome outcome, int attempts, TimeSpan delay, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
