using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Polling;

/// <summary>A message in the queue.</summary>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Sequence">Its number: of a key, numbers stand in the order of the commits.</param>
/// <param name="CreatedAt">When its transaction began, ticks (UTC) by the database's clock.</param>
/// <param name="HeldTopics">Topics in which an earlier message of its aggregate id is parked; null for none.</param>
/// <param name="Texts">Its columns from <c>id</c> to <c>stream_version</c>, as the server writes them.</param>
internal sealed record QueuedMessage(short Bucket, long Sequence, long CreatedAt, string[]? HeldTopics, byte[]?[] Texts)
{
    /// <summary>Bytes that it takes.</summary>
    public int SizeInBytes => Texts.Sum(text => text?.Length ?? 0);

    /// <summary>As the relay reads it from the WAL.</summary>
    public OutboxRow ToRow() => new()
    {
        FromTable = true,
        Id = Texts[0],
        AggregateType = Texts[1],
        AggregateId = Texts[2],
        Type = Texts[3],
        Payload = Texts[4],
        HasPayload = Texts[4] is not null,
        Headers = Texts[5],
        Traceparent = Texts[6],
        Tenant = Texts[7],
        OccurredAt = Texts[8],
        StreamVersion = Texts[9],
    };
}
