using System.Text.Json.Serialization.Metadata;

namespace Nova.Events.Contracts;

/// <summary>How a CLR type of event crosses the wire.</summary>
/// <param name="Name">Its name in the <c>eventType</c> header and the outbox's <c>type</c> column.</param>
/// <param name="AggregateType">Routes it to a topic.</param>
/// <param name="JsonTypeInfo">Generated serializer.</param>
public sealed record EventType(string Name, string AggregateType, JsonTypeInfo JsonTypeInfo)
{
    /// <summary>The topic that its events are published to.</summary>
    public string Topic => Topics.ForAggregate(AggregateType);
}
