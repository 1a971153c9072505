namespace Nova.Events.Contracts.Records;

/// <summary>What a service does with one record. Called in order for each key, concurrently for different keys.</summary>
public interface IRecordHandler
{
    /// <summary>Handles one record; returns once its effect is durable. The record is valid until then.</summary>
    ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken);
}
