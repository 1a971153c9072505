namespace Nova.Events.Contracts;

/// <summary>Topic names.</summary>
public static class Topics
{
    /// <summary>What every topic of outbox messages begins with.</summary>
    public const string OutboxPrefix = "outbox.event.";

    /// <summary>What every topic of a captured table begins with.</summary>
    public const string CapturePrefix = "cdc.";

    /// <summary>Client events: impression, view, like, share; key = user id.</summary>
    public const string ClientEvents = "events";

    /// <summary>Compacted: the relay's era and confirmed position, keyed by source.</summary>
    public const string Relay = "nova.relay";

    /// <summary>What a relay could not publish, with its position.</summary>
    public const string Parked = "nova.parked";

    /// <summary>Topic of the outbox messages of an aggregate type.</summary>
    public static string ForAggregate(string aggregateType) => OutboxPrefix + aggregateType;

    /// <summary>Compacted: what became of each dead letter of a consumer group, keyed by its id.</summary>
    public static string DeadLetterState(string group) => group + ".dlq-state";

    /// <summary>Dead letters of a consumer group.</summary>
    public static string DeadLetters(string group) => group + ".dlq";

    /// <summary>Records that a consumer group is to handle again: after a delay, behind a parked one, or redriven from its dead letters.</summary>
    public static string Retry(string group) => group + ".retry";
}
