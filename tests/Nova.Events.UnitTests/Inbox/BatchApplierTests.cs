using Microsoft.Extensions.Logging.Abstractions;
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
            batch.Add(new ConsumedRecord { Topic = "t", Partition = 0, Offset = offset, Timestamp = DateTimeOffset.UnixEpoch }.View(), isRepeat: false, row.Positions);
        await Should.ThrowAsync<OperationCanceledException>(new BatchApplier(session, isRetryTopic: false, stop.Token, CancellationToken.None).ApplyAsync(batch));
        inbox.Applied.ShouldBe([0, 1, 2, 3]);
        inbox.Row.Next.ShouldBe(4);
    }
}
