using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;

namespace Nova.Events.UnitTests.Inbox;

/// <summary>A row and a ledger in memory that are always changed together, with faults as a script of bytes says.</summary>
internal sealed class MemoryInbox(InboxRow row, Queue<byte> script) : IInbox
{
    public InboxRow Row { get; private set; } = row;

    /// <summary>Offsets in the order in which they were applied.</summary>
    public List<long> Applied { get; } = [];

    /// <summary>Hears of each offset that is handled.</summary>
    public Action<long>? Handling { get; init; }

    public Task<InboxRow?> LoadAsync(InboxKey key, CancellationToken cancellationToken) => Task.FromResult<InboxRow?>(Row);

    public Task BeginAsync(InboxRow row, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StepResult> ApplyAsync(InboxStep step, CancellationToken closed) => Task.FromResult(Apply(step));

    private StepResult Apply(InboxStep step)
    {
        if (step.Before.Next != Row.Next || step.Before.Aside != Row.Aside) return new StepResult(StepResultKind.Moved);
        var fault = script.TryDequeue(out var next) ? next % 12 : 11;
        if (fault == 0) return new StepResult(StepResultKind.Unavailable, Outcome: Outcome.RetryLater("away"));
        if (fault is >= 1 and <= 4 && step.Records.Count > 0) return Failed(step, fault);
        var (early, after) = Handle(step);
        Applied.AddRange(step.Records.Take(early ?? step.Records.Count).Select(record => record.Offset));
        Row = after;
        // The answer is lost.
        return fault == 5 ? new StepResult(StepResultKind.Unavailable, Outcome: Outcome.RetryLater("lost")) : new StepResult(StepResultKind.Applied, early);
    }

    private (int? Early, InboxRow After) Handle(InboxStep step)
    {
        for (var i = 0; i < step.Records.Count; i++)
        {
            Handling?.Invoke(step.Records[i].Offset);
            if (i + 1 < step.Records.Count && step.EndAfter?.Invoke(i + 1) is { } part) return (i + 1, part);
        }

        return (null, step.After);
    }

    private static StepResult Failed(InboxStep step, int fault) => new(
        StepResultKind.Failed, fault == 1 ? null : fault * 7 % step.Records.Count, fault == 2 ? Outcome.Poisoned("never") : Outcome.RetryLater("later"));
}
