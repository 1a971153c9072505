using Nova.Events.Contracts.Records;
using Npgsql;

namespace Nova.Events.Inbox.Storing;

/// <summary>
/// The inbox in PostgreSQL. Why a batch is there once, whoever applies it and wherever they die: the row's lock lets one transaction after the other in, each
/// looks first whether the row is where its batch begins, and the row moves in the very transaction that holds the batch's effects.
/// </summary>
internal sealed class PostgresInbox(OpenInboxWork open, TimeSpan transactionTimeout) : IInbox
{
    private readonly TransactionCheck _check = new(open);

    public async Task<InboxRow?> LoadAsync(InboxKey key, CancellationToken cancellationToken)
    {
        await using var work = await open(cancellationToken);
        return await Table(work).SelectAsync(key, cancellationToken);
    }

    public async Task BeginAsync(InboxRow row, CancellationToken cancellationToken)
    {
        await using var work = await open(cancellationToken);
        await Table(work).InsertAsync(row, cancellationToken);
        await work.CommitAsync();
    }

    public async Task<StepResult> ApplyAsync(InboxStep step, CancellationToken closed)
    {
        try
        {
            await _check.SettleAsync(step.Before.Key, closed);
            var result = await ApplyOnceAsync(step, closed);
            await _check.SettleAsync(step.Before.Key, closed);
            return result;
        }
#pragma warning disable CA1031 // It could not be begun or ended: the row tells the next attempt.
        catch (Exception exception) when (MayGoOn(exception, closed))
#pragma warning restore CA1031
        {
            return Unavailable(exception);
        }
    }

    private async Task<StepResult> ApplyOnceAsync(InboxStep step, CancellationToken closed)
    {
        await using var work = await open(closed);
        var (connection, progress) = (work.Transaction.Connection!, new Progress());
        StepResult result;
        try
        {
            result = await RunAsync(step, work, progress, closed);
        }
#pragma warning disable CA1031 // Whatever a handler throws is an outcome.
        catch (Exception exception) when (MayGoOn(exception, closed))
#pragma warning restore CA1031
        {
            result = Thrown(step, progress, exception, connection);
        }

        var mayBeEnded = result.Kind is StepResultKind.Failed or StepResultKind.Unavailable && step.Records.Count > 0 && !progress.IsMoved;
        if (mayBeEnded && progress.TransactionId is { } transactionId) await _check.ConfirmAsync(connection, step.Before.Key, transactionId, closed);
        return result;
    }

    private static StepResult Thrown(InboxStep step, Progress progress, Exception exception, NpgsqlConnection connection)
    {
        if (progress.Index < 0 || step.Records.Count == 0 || PassingFault.Is(exception) || PassingFault.IsLost(connection)) return Unavailable(exception);
        // A constraint that is checked at the end, or a statement that failed and whose handler did not say so: any of the records may be the cause.
        return progress.IsHandled
            ? Failed(null, Outcome.RetryLater($"The transaction could not be committed: {exception.GetType().Name}.", exception))
            : Failed(progress.Index, Outcome.RetryLater($"The handler threw {exception.GetType().Name}.", exception));
    }

    private async Task<StepResult> RunAsync(InboxStep step, IInboxWork work, Progress progress, CancellationToken closed)
    {
        var connection = work.Transaction.Connection!;
        var (table, after) = (new InboxTable(connection), step.After);
        if (await table.LockAsync(step.Before.Key, transactionTimeout, closed) is not var (next, aside, transactionId)) return new StepResult(StepResultKind.Moved);
        if (!await _check.SettleAsync(connection, step.Before.Key, closed)) return new StepResult(StepResultKind.Unavailable, Outcome: Outcome.RetryLater("An earlier transaction is still under way."));
        if (next != step.Before.Next || aside != step.Before.Aside?.Offset) return new StepResult(StepResultKind.Moved);
        progress.TransactionId = transactionId;
        int? early = null;
        for (progress.Index = 0; progress.Index < step.Records.Count && early is null; progress.Index++)
        {
            var outcome = await work.HandleAsync(step.Records[progress.Index], closed);
            if (outcome.Kind != OutcomeKind.Handled) return NotHandled(progress.Index, outcome, connection);
            if (progress.Index + 1 < step.Records.Count && step.EndAfter?.Invoke(progress.Index + 1) is { } part) (after, early) = (part, progress.Index + 1);
        }

        progress.IsHandled = true;
        await table.MoveAsync(after, transactionId, closed);
        progress.IsMoved = true;
        closed.ThrowIfCancellationRequested();
        // Not to be cancelled: what was sent can't be taken back, and its answer is worth waiting for.
        await work.CommitAsync();
        return new StepResult(StepResultKind.Applied, early);
    }

    private static StepResult NotHandled(int index, Outcome outcome, NpgsqlConnection connection) =>
        PassingFault.IsLost(connection) || (outcome.Kind == OutcomeKind.RetryLater && PassingFault.Is(outcome.Exception))
            ? new StepResult(StepResultKind.Unavailable, Outcome: outcome)
            : Failed(index, outcome);

    private static bool MayGoOn(Exception exception, CancellationToken closed) => exception is not TransactionEndedException && !closed.IsCancellationRequested;

    private static StepResult Failed(int? index, Outcome outcome) => new(StepResultKind.Failed, index, outcome);

    private static StepResult Unavailable(Exception exception) =>
        new(StepResultKind.Unavailable, Outcome: Outcome.RetryLater($"{exception.GetType().Name}: {exception.Message}", exception));

    private static InboxTable Table(IInboxWork work) => new(work.Transaction.Connection!);

    private sealed class Progress
    {
        /// <summary>The record that is being handled; −1 before the first.</summary>
        public int Index { get; set; } = -1;

        public bool IsHandled { get; set; }

        /// <summary>True once the transaction was seen to be the same to its end.</summary>
        public bool IsMoved { get; set; }

        /// <summary>Of the transaction that locked the row; null before it did.</summary>
        public string? TransactionId { get; set; }
    }
}
