namespace Nova.Events.Contracts;

/// <summary>Kafka header names. <c>id</c> and <c>eventType</c> are those of Debezium's outbox event router.</summary>
public static class HeaderNames
{
    /// <summary>Event id, a UUID as text.</summary>
    public const string Id = "id";

    /// <summary>Event type, e.g. <c>PostPublished</c>.</summary>
    public const string EventType = "eventType";

    /// <summary>Position of the record: <see cref="SourcePosition"/> as text. Absent on client events.</summary>
    public const string Position = "position";

    /// <summary>
    /// On a row of a snapshot: the <see cref="Contracts.Position"/> that it is as old as, its chunk's low watermark. A change committed after that is
    /// newer, whatever the order in which the two are met. Absent elsewhere: there the position is the version.
    /// </summary>
    public const string Version = "version";

    /// <summary>On records of a captured table: the column that marks a row as deleted where it is not null; only where one is configured.</summary>
    public const string SoftDeleteColumn = "soft-delete-column";

    /// <summary>W3C trace context of the writer.</summary>
    public const string Traceparent = "traceparent";

    /// <summary>Tenant; absent when empty.</summary>
    public const string Tenant = "tenant";

    /// <summary>When it happened, by the writer's clock: ISO 8601 in UTC with microseconds.</summary>
    public const string OccurredAt = "occurred-at";

    /// <summary>Version of the event stream after this event; only on records of an event stream.</summary>
    public const string StreamVersion = "stream-version";

    /// <summary>On retried and redriven records: the position that the original had.</summary>
    public const string OriginalPosition = "original-position";

    /// <summary>Deterministic id of a dead letter, a UUID made from group, topic, partition and offset: a second copy has the same.</summary>
    public const string DeadLetterId = "dlq-id";

    /// <summary>Topic that a dead letter came from.</summary>
    public const string DeadLetterTopic = "dlq-topic";

    /// <summary>Partition that a dead letter came from.</summary>
    public const string DeadLetterPartition = "dlq-partition";

    /// <summary>Offset that a dead letter had.</summary>
    public const string DeadLetterOffset = "dlq-offset";

    /// <summary>Timestamp of the original record, Unix milliseconds.</summary>
    public const string DeadLetterTimestamp = "dlq-timestamp";

    /// <summary>Consumer group that gave the record up.</summary>
    public const string DeadLetterGroup = "dlq-group";

    /// <summary>Why, in one sentence.</summary>
    public const string DeadLetterReason = "dlq-reason";

    /// <summary>Type of the exception, where there was one.</summary>
    public const string DeadLetterException = "dlq-exception";

    /// <summary>How often handling was tried.</summary>
    public const string DeadLetterAttempts = "dlq-attempts";

    /// <summary>On records of a retry topic: milliseconds after the record's timestamp before which it is not handled; absent for none.</summary>
    public const string RetryDelay = "retry-delay";
}
