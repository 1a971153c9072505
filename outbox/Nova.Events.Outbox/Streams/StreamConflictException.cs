namespace Nova.Events.Outbox.Streams;

/// <summary>An event stream is not at the version that the writer expected. Load it anew, decide again, append again.</summary>
public sealed class StreamConflictException : Exception
{
    internal StreamConflictException(string aggregateType, string aggregateId, long expectedVersion, long? actualVersion, Exception? inner = null)
        : base($"Event stream {aggregateType} '{aggregateId}' is not at version {expectedVersion} but {Where(actualVersion)}. Load it anew and decide again.", inner) =>
        (AggregateType, AggregateId, ExpectedVersion, ActualVersion) = (aggregateType, aggregateId, expectedVersion, actualVersion);

    /// <summary>Type of the aggregate.</summary>
    public string AggregateType { get; }

    /// <summary>Its id.</summary>
    public string AggregateId { get; }

    /// <summary>The version that was expected; 0 for a new stream.</summary>
    public long ExpectedVersion { get; }

    /// <summary>
    /// The version it has; the transaction lives on. Null after a lost race, where another writer committed first: the transaction is
    /// broken and must be rolled back, to its start or to a savepoint before the append.
    /// </summary>
    public long? ActualVersion { get; }

    private static string Where(long? actualVersion) => actualVersion is { } version ? $"at {version}" : "further: another writer was faster, roll the transaction back";
}
