namespace Nova.Events.Relay.Routing;

/// <summary>An outbox message as it lies in the WAL, whether it came as a row or without the table. Text in UTF-8; empty where there is none.</summary>
internal ref struct OutboxRow
{
    /// <summary>True for a row: the table's constraints have seen it, and its text is PostgreSQL's.</summary>
    public bool FromTable;
    public ReadOnlySpan<byte> Id;
    public ReadOnlySpan<byte> AggregateType;
    public ReadOnlySpan<byte> AggregateId;
    public ReadOnlySpan<byte> Type;

    /// <summary>JSON; without <see cref="HasPayload"/> a tombstone.</summary>
    public ReadOnlySpan<byte> Payload;
    public bool HasPayload;

    /// <summary>A JSON object, string to string.</summary>
    public ReadOnlySpan<byte> Headers;
    public ReadOnlySpan<byte> Traceparent;
    public ReadOnlySpan<byte> Tenant;

    /// <summary>PostgreSQL's or ISO 8601's text form.</summary>
    public ReadOnlySpan<byte> OccurredAt;
    public ReadOnlySpan<byte> StreamVersion;
}
