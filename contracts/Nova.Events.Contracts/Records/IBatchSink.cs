namespace Nova.Events.Contracts.Records;

/// <summary>
/// A table that takes each offset range once. The consumer owns ranges, intents and retries and knows no target; the target encodes, inserts and answers
/// what it holds and knows no Kafka.
/// </summary>
public interface IBatchSink
{
    /// <summary>Name of the target, for logs and metrics.</summary>
    string Name { get; }

    /// <summary>An empty batch, to be filled with records in offset order, repeats already taken out.</summary>
    IBatchEncoder NewBatch();

    /// <summary>
    /// Inserts the batch as one block. A repetition under the same <paramref name="token"/> adds nothing; so does one that arrives late; without one it adds the rows again.
    /// Cancelling leaves the outcome unknown.
    /// </summary>
    Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken);

    /// <summary>
    /// After <see cref="InsertOutcomeKind.Refused"/>: which of the <paramref name="records"/> that became rows the target cannot read. Tries them without
    /// touching the table; empty where it reads them all.
    /// </summary>
    Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken);

    /// <summary>Returns once no insert runs whose token begins with <paramref name="tokenPrefix"/>.</summary>
    Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken);

    /// <summary>Highest offset that the table holds of the partition at or above <paramref name="fromOffset"/>; null without one.</summary>
    Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken);

    /// <summary>The rows of the range that the table holds.</summary>
    Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken);

    /// <summary>The same of single offsets, which may lie far apart.</summary>
    Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken);
}

/// <summary>A row that a table holds.</summary>
/// <param name="Offset">Offset of its record.</param>
/// <param name="Timestamp">Timestamp of its record: tells a topic from another of the same name that was there before it.</param>
public readonly record struct StoredRow(long Offset, DateTimeOffset Timestamp);
