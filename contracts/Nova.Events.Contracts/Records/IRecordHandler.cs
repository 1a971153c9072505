namespace Nova.Events.Contracts.Records;

/// <summary>What a service does with one record. Called in order for each key, concurrently for different keys.</summary>
public interface IRecordHandler
{
    /// <summary>Handles one record; returns once its effect is durable.</summary>
    ValueTask<Outcome> HandleAsync(ConsumedRecord record, CancellationToken cancellationToken);
}
