namespace Nova.Events.Contracts.Social;

/// <summary>An event of the social domain, written through the outbox.</summary>
public interface IDomainEvent
{
    /// <summary>Kafka key and scope of ordering.</summary>
    string AggregateId { get; }
}
