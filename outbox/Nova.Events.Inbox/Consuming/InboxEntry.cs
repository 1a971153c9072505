using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Inbox.Consuming;

/// <summary>Finds out where a partition is to be read from: its row in the inbox wins over whatever Kafka knows.</summary>
internal sealed class InboxEntry(InboxSession session, CommittedOffset committed, bool startAtEnd)
{
    private readonly InboxKey _key = new(session.Options.Group, committed.Partition.Topic, committed.Partition.Partition.Value);

    /// <summary>The row, made where there was none, and the log's first offset; asks until the database and the brokers answer and agree.</summary>
    public async Task<(InboxRow Row, long LogFirst)> EnterAsync(CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // The row first: another owner may still move it on, and never beyond what the log held by then.
                if (await session.Inbox.LoadAsync(_key, stopping) is not { } row)
                {
                    await session.Inbox.BeginAsync(await FirstAsync(stopping), stopping);
                    continue;
                }

                var log = await session.Log.ExtentAsync(committed.Partition, stopping);
                if (InboxStart.Contradiction(row, log) is not { } reason) return (Entered(row with { TopicId = log.TopicId ?? row.TopicId }), log.First);
                InboxLog.Stopped(session.Logger, reason);
            }
#pragma warning disable CA1031 // Whatever it is: without the row nothing can be decided.
            catch (Exception exception) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                InboxLog.NotEntered(session.Logger, exception, _key.Group, _key.Topic, _key.Partition, attempt, exception.Message);
            }

            await Task.Delay(session.Options.DelayBefore(attempt), session.Time, stopping);
        }
    }

    private async Task<InboxRow> FirstAsync(CancellationToken stopping)
    {
        var log = await session.Log.ExtentAsync(committed.Partition, stopping);
        return InboxStart.Of(_key, committed.Offset, CommittedState.Parse(committed.Metadata, committed.Offset ?? 0), log, startAtEnd);
    }

    private InboxRow Entered(InboxRow row)
    {
        if (committed.Offset is { } known && known > row.Next) InboxLog.Behind(session.Logger, _key.Group, _key.Topic, _key.Partition, row.Next, known);
        else InboxLog.Entered(session.Logger, _key.Group, _key.Topic, _key.Partition, row.Next);
        return row;
    }
}
