namespace Nova.Events.Outbox;

/// <summary>A message that could not be published, refused in the writer's own transaction. If the server refused it, the transaction must be rolled back.</summary>
public sealed class MessageRefusedException : ArgumentException
{
    private MessageRefusedException(string constraint, string remedy, Exception? inner)
        : base($"The outbox refuses the message ({constraint}): {remedy}", inner) => Constraint = constraint;

    /// <summary>Name of the table's constraint, e.g. <c>aggregatetype_names_a_topic</c>.</summary>
    public string Constraint { get; }

    internal static MessageRefusedException For(string constraint, Exception? inner = null) => new(constraint, Remedy(constraint), inner);

    private static string Remedy(string constraint) => constraint switch
    {
        "aggregatetype_names_a_topic" => "AggregateType takes 1 to 200 letters, digits, '_' and '-'; it becomes the end of the topic's name.",
        "tenant_is_a_name" => "Tenant takes at most 64 letters, digits, '.', '_' and '-'.",
        "occurred_at_is_a_date" => "OccurredAt lies between the years 1900 and 2298.",
        "aggregateid_at_most_1_kb" => "AggregateId of an event stream has at most 1,024 bytes.",
        "outbox_is_polled" => "polling is enabled in this database, so nobody reads the WAL; emit with the table.",
        "payload_is_json" => "Payload is one JSON value in UTF-8.",
        _ => "see the constraint of that name in schema nova.",
    };
}

/// <summary>A message is larger than the outbox takes. If the server refused it, the transaction must be rolled back.</summary>
public sealed class PayloadTooLargeException : Exception
{
    internal PayloadTooLargeException(string type, int bytes)
        : base($"The payload of {type} has {bytes:N0} bytes; the outbox takes {OutboxMessage.MaxPayloadBytes:N0}. Store the large part elsewhere and emit a reference to it.") =>
        Bytes = bytes;

    internal PayloadTooLargeException(string constraint, Exception? inner)
        : base($"A message is larger than the outbox takes ({constraint}): 1 MB of payload as PostgreSQL stores it, where each number of an array takes about 12 bytes, and 2 MB of payload, headers and key as text. Store the large part elsewhere and emit a reference to it.", inner)
    {
    }

    /// <summary>Size of the payload in bytes of JSON; null where the record as a whole, or as PostgreSQL stores it, is too large.</summary>
    public int? Bytes { get; }
}
