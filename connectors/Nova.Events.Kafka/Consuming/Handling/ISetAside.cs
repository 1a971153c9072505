using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>Where records go that are not handled where they were read: topics of the group; in tests, a log in memory.</summary>
internal interface ISetAside
{
    /// <summary>Returns once the dead letter is acknowledged, however long that takes; until then the record's offset must not move.</summary>
    Task WriteAsync(RecordView record, string reason, string? exceptionType, int attempts, CancellationToken cancellationToken);

    /// <summary>As <see cref="WriteAsync"/>, for the reason that an outcome gives.</summary>
    Task DeadLetterAsync(RecordView record, Outcome outcome, int attempts, CancellationToken cancellationToken) =>
        WriteAsync(record, outcome.Reason ?? "", outcome.Exception?.GetType().FullName, attempts, cancellationToken);

    /// <summary>Returns once the record is acknowledged in the retry topic, where it is to be handled after <paramref name="delay"/>.</summary>
    Task<RetryPlace> RetryAsync(RecordView record, Outcome outcome, int attempts, TimeSpan delay, CancellationToken cancellationToken);
}
