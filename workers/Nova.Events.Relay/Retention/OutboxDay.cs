namespace Nova.Events.Relay.Retention;

/// <summary>A day's partition of the outbox.</summary>
/// <param name="Day">The day, in UTC.</param>
/// <param name="IsOverdue">It is older than the retention.</param>
/// <param name="Obstacle">Why it may not be dropped: <c>slot_missing</c>, <c>slot_lost</c>, <c>open_transaction</c>, <c>slot_behind</c>, <c>queued</c>, <c>polling_disabled</c>; null where nothing stands in the way.</param>
/// <param name="Detail">The obstacle of an overdue day, for people.</param>
internal sealed record OutboxDay(DateOnly Day, bool IsOverdue, string? Obstacle, string? Detail);
