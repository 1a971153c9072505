using Nova.Events.Contracts.Records;

namespace Nova.Events.Inbox.Storing;

/// <summary>Rows of a group, beside what its handler writes: in PostgreSQL; in tests, in memory.</summary>
internal interface IInbox
{
    /// <summary>Null without a row.</summary>
    Task<InboxRow?> LoadAsync(InboxKey key, CancellationToken cancellationToken);

    /// <summary>Makes the row, unless there is one; returns once it is durable.</summary>
    Task BeginAsync(InboxRow row, CancellationToken cancellationToken);

    /// <summary>
    /// All of the step, or nothing: locks the row, looks whether it is where the step begins, handles the records, moves the row, commits.
    /// </summary>
    /// <exception cref="TransactionEndedException">The handler committed or rolled back.</exception>
    /// <exception cref="OperationCanceledException">The partition is closed; nothing was applied.</exception>
    Task<StepResult> ApplyAsync(InboxStep step, CancellationToken closed);
}

/// <summary>What one transaction does.</summary>
/// <param name="Before">Where the row must be.</param>
/// <param name="After">Where it is then.</param>
/// <param name="Records">To be handled, in order.</param>
/// <param name="EndAfter">Asked with how many records are handled, after each but the last: where the row is then, to end the transaction there; null to go on.</param>
internal sealed record InboxStep(InboxRow Before, InboxRow After, IReadOnlyList<RecordView> Records, Func<int, InboxRow?>? EndAfter = null);

/// <summary>What became of a step.</summary>
/// <param name="Index">Of a step that failed: the record that did; null where no single one is known to be the cause. Of one that ended early: the first that was not handled.</param>
/// <param name="Outcome">Of a step that failed or could not be tried: why.</param>
internal readonly record struct StepResult(StepResultKind Kind, int? Index = null, Outcome Outcome = default);

internal enum StepResultKind
{
    /// <summary>It is durable, whole or up to the index.</summary>
    Applied,

    /// <summary>The row is elsewhere: another owner, or this very step whose answer was lost. Nothing was applied.</summary>
    Moved,

    /// <summary>Rolled back, because of a record.</summary>
    Failed,

    /// <summary>The database did not answer, or refused for a while. Whether it was applied is unknown; the row tells.</summary>
    Unavailable,
}

/// <summary>The handler ended the transaction that it was given.</summary>
public sealed class TransactionEndedException() : InvalidOperationException(
    "The handler committed or rolled back the inbox's transaction, so that its writes and the inbox's row are no longer one. Leave it open: it is committed after the batch.");
