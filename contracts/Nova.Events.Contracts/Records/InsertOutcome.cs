namespace Nova.Events.Contracts.Records;

/// <summary>What became of an insert. Sinks return it; they do not throw, except when cancelled.</summary>
/// <param name="Kind">Which of the five.</param>
/// <param name="Reason">What the server said, without payload; null where it acknowledged.</param>
public readonly record struct InsertOutcome(InsertOutcomeKind Kind, string? Reason)
{
    /// <summary>Every row is durable, in the table and in whatever derives from it.</summary>
    public static InsertOutcome Acknowledged { get; }

    /// <summary>Unknown or passing: the same bytes are sent again under the same token.</summary>
    public static InsertOutcome Transient(string reason) => new(InsertOutcomeKind.Transient, reason);

    /// <summary>The target can't keep up with so many inserts: the same bytes again, and fewer and larger batches after them.</summary>
    public static InsertOutcome Overloaded(string reason) => new(InsertOutcomeKind.Overloaded, reason);

    /// <summary>The target could not read a row; nothing was inserted.</summary>
    public static InsertOutcome Refused(string reason) => new(InsertOutcomeKind.Refused, reason);

    /// <summary>It will not succeed before somebody mends schema, grants or login; it is sent again all the same.</summary>
    public static InsertOutcome Blocked(string reason) => new(InsertOutcomeKind.Blocked, reason);
}

/// <summary>The named outcomes of an insert.</summary>
public enum InsertOutcomeKind
{
    /// <summary>Every row is durable.</summary>
    Acknowledged,

    /// <summary>To be sent again.</summary>
    Transient,

    /// <summary>A row is unreadable for the target.</summary>
    Refused,

    /// <summary>An operator is needed.</summary>
    Blocked,

    /// <summary>To be sent again, and fewer of them.</summary>
    Overloaded,
}
