using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;

namespace Nova.Events.Inbox.Consuming;

/// <summary>Applies batches of one partition: whole, or in pieces around a record that fails. That one is tried again, with pauses, until it is through or a dead letter.</summary>
internal sealed class BatchApplier(InboxSession session, bool isRetryTopic, CancellationToken stopping, CancellationToken closed)
{
    private readonly InboxConsumerOptions _options = session.Options;
    private readonly TimeSpan _longest = LongestOf(session.Options);

    /// <summary>True while something that failed is tried again.</summary>
    public bool IsRetrying { get; private set; }

    /// <summary>Hears of each row that is durable.</summary>
    public Action<InboxRow>? Moved { get; set; }

    /// <returns>The row after it; null where the row is elsewhere.</returns>
    public async Task<InboxRow?> ApplyAsync(InboxBatch batch)
    {
        var (row, pieces, attempts) = (batch.Before, new BatchPieces(batch.Records.Count), 0);
        for (var faults = 0; row.Next < batch.After.Next;)
        {
            stopping.ThrowIfCancellationRequested();
            var isGivenUp = IsGivenUp(batch, row, pieces);
            var step = batch.Step(row, pieces.At, pieces.To) with { EndAfter = Enough(batch, row, pieces.At) };
            var result = isGivenUp ? await SetAsideAsync(step, row.Aside!) : await session.Inbox.ApplyAsync(step, closed);
            if (result.Kind == StepResultKind.Unavailable)
            {
                await WaitAsync(step, ++faults, result.Outcome);
                continue;
            }

            faults = 0;
            if (result.Kind == StepResultKind.Failed && pieces.IsAlone) result = await AfterFailureAsync(step, ++attempts, result.Outcome);
            else if (result.Kind == StepResultKind.Failed) pieces.Failed(result.Index);
            if (result.Kind is StepResultKind.Moved or StepResultKind.Applied) IsRetrying = false;
            if (result.Kind == StepResultKind.Moved) return null;
            if (result.Kind != StepResultKind.Applied) continue;
            (row, attempts) = (result.Index is { } records ? batch.RowAfter(row, pieces.At, pieces.At + records) : step.After, 0);
            pieces.Applied(result.Index);
            Moved?.Invoke(row);
        }

        Measure(batch);
        return row;
    }

    /// <summary>True where the next piece is the one record that the row has a verdict on. Until then that record is kept out of every piece.</summary>
    private static bool IsGivenUp(InboxBatch batch, InboxRow row, BatchPieces pieces)
    {
        if (row.Aside is not { } verdict || batch.IndexOf(verdict.Offset) is not { } index) return false;
        pieces.Isolate(index);
        return pieces.At == index;
    }

    /// <summary>One record that failed in a transaction of its own: a dead letter now, or another attempt after a pause.</summary>
    private async Task<StepResult> AfterFailureAsync(InboxStep step, int attempts, Outcome outcome)
    {
        var record = step.Records[0];
        var attemptsInAll = attempts + (isRetryTopic ? RetriedRecord.AttemptsOf(record) : 0);
        if (outcome.Kind == OutcomeKind.Poisoned || attemptsInAll >= _options.MaxAttempts) return await SetAsideAsync(step, InboxVerdict.Of(record, outcome, attemptsInAll));
        IsRetrying = true;
        InboxLog.Retried(session.Logger, record.Topic, record.Partition, record.Offset, attemptsInAll, outcome.Reason ?? "");
        await Task.Delay(_options.DelayBefore(attempts), session.Time, stopping);
        return new StepResult(StepResultKind.Failed, 0, outcome);
    }

    /// <summary>
    /// The verdict is committed before its dead letter is written, and the row moves after that: however often an owner dies between them, the next one finds
    /// the verdict, and a record that may have a dead letter is never handled.
    /// </summary>
    private async Task<StepResult> SetAsideAsync(InboxStep step, InboxVerdict verdict)
    {
        IsRetrying = true;
        var given = step.Before;
        if (given.Aside != verdict)
        {
            // Repeats in front of it are passed with the verdict: the next owner's first record is the one that it is on.
            given = given with { Next = verdict.Offset, Aside = verdict };
            if (await InsistAsync(new InboxStep(step.Before, given, [])) is { Kind: StepResultKind.Moved } moved) return moved;
        }

        await session.Aside.WriteAsync(step.Records[0], verdict.Reason, verdict.Exception, verdict.Attempts, closed);
        return await InsistAsync(new InboxStep(given, step.After, []));
    }

    /// <summary>A step without a record, until it is applied or the row is elsewhere.</summary>
    private async Task<StepResult> InsistAsync(InboxStep step)
    {
        for (var faults = 1; ; faults++)
        {
            var result = await session.Inbox.ApplyAsync(step, closed);
            if (result.Kind is StepResultKind.Applied or StepResultKind.Moved) return result;
            await WaitAsync(step, faults, result.Outcome);
        }
    }

    /// <summary>A transaction ends between two records once the lane stops, or once it has taken so long that a stop or the health check might cut it off for ever.</summary>
    private Func<int, InboxRow?> Enough(InboxBatch batch, InboxRow row, int from)
    {
        var began = session.Time.GetTimestamp();
        return handled => stopping.IsCancellationRequested || session.Time.GetElapsedTime(began) > _longest ? batch.RowAfter(row, from, from + handled) : null;
    }

    private async Task WaitAsync(InboxStep step, int faults, Outcome outcome)
    {
        IsRetrying = true;
        InboxLog.Unavailable(session.Logger, step.Before.Key.Topic, step.Before.Key.Partition, step.Before.Next, faults, outcome.Reason ?? "");
        await Task.Delay(_options.DelayBefore(faults), session.Time, stopping);
    }

    // Without time to drain everything is rolled back at a stop, however short.
    private static TimeSpan LongestOf(InboxConsumerOptions options) =>
        (options.DrainTimeout > TimeSpan.Zero && options.DrainTimeout < options.StallTimeout ? options.DrainTimeout : options.StallTimeout) / 3;

    private void Measure(InboxBatch batch)
    {
        var key = batch.Before.Key;
        KeyValuePair<string, object?> group = new("group", key.Group), topic = new("topic", key.Topic);
        ConsumerMetrics.BatchSize.Record(batch.Records.Count, group, topic);
        if (batch.Repeats > 0) ConsumerMetrics.Repeats.Add(batch.Repeats, group, topic);
        InboxLog.Applied(session.Logger, key.Topic, key.Partition, batch.Before.Next, batch.After.Next - 1, batch.Records.Count, batch.Repeats);
    }
}
