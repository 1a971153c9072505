namespace Nova.Events.Relay.Sessions;

/// <summary>The database is another one, or its WAL was rewound below what is published: positions would be skipped in silence.</summary>
public sealed class SourceRewoundException(string source, string what)
    : Exception($"Source '{source}' was rewound: {what}. Events may be in Kafka that are no longer in the database. Give this database another name in Relay:Source, or publish to an empty cluster.")
{
    /// <summary>The source.</summary>
    public string SourceName { get; } = source;
}
