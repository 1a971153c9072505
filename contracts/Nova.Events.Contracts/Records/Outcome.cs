namespace Nova.Events.Contracts.Records;

/// <summary>What became of a record. Handlers return it; they do not throw.</summary>
public readonly record struct Outcome
{
    private Outcome(OutcomeKind kind, string? reason, Exception? exception) => (Kind, Reason, Exception) = (kind, reason, exception);

    /// <summary>Which of the three.</summary>
    public OutcomeKind Kind { get; }

    /// <summary>Why it was not handled, in one sentence without payload.</summary>
    public string? Reason { get; }

    /// <summary>What was thrown, where something was.</summary>
    public Exception? Exception { get; }

    /// <summary>The effect is durable: the offset may move.</summary>
    public static Outcome Handled { get; }

    /// <summary>A passing fault: the record is handled again after a pause; its key waits, other keys go on.</summary>
    public static Outcome RetryLater(string reason, Exception? exception = null) => new(OutcomeKind.RetryLater, reason, exception);

    /// <summary>It will never succeed: the record goes to the dead letters.</summary>
    public static Outcome Poisoned(string reason, Exception? exception = null) => new(OutcomeKind.Poisoned, reason, exception);
}

/// <summary>The named outcomes of a record.</summary>
public enum OutcomeKind
{
    /// <summary>The effect is durable.</summary>
    Handled,

    /// <summary>To be handled again.</summary>
    RetryLater,

    /// <summary>To be dead-lettered.</summary>
    Poisoned,
}
