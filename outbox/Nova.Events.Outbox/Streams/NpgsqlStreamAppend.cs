using Nova.Events.Contracts.Social;
using Nova.Events.Outbox.Writing;
using Npgsql;

namespace Nova.Events.Outbox.Streams;

/// <summary>Appends to event streams in a transaction of plain Npgsql. The relay publishes what is appended; nothing is to be emitted besides.</summary>
public static class NpgsqlStreamAppend
{
    private const string Head = "SELECT coalesce(max(stream_version), 0) FROM nova.stream_events WHERE aggregatetype = $1 AND aggregateid = $2";

    /// <summary>Writes only onto the expected version: of two who read the same one, the primary key stops the second. So there is never a gap.</summary>
    private const string Insert = $"""
        INSERT INTO nova.stream_events ({MessageColumns.Names}, stream_version)
        SELECT id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, coalesce(occurred_at, clock_timestamp()), $10 + ordinal
        FROM {MessageColumns.Rows}
        WHERE (SELECT coalesce(max(stream_version), 0) FROM nova.stream_events WHERE aggregatetype = $11 AND aggregateid = $12) = $10
        ORDER BY ordinal
        """;

    /// <summary>Appends events of one aggregate.</summary>
    /// <exception cref="Contracts.UnknownEventTypeException">An event's type is not registered.</exception>
    /// <inheritdoc cref="AppendAsync(NpgsqlTransaction, long, IReadOnlyCollection{OutboxMessage}, CancellationToken)"/>
    public static Task<long> AppendAsync(
        this NpgsqlTransaction transaction, long expectedVersion, IReadOnlyCollection<IDomainEvent> domainEvents, CancellationToken cancellationToken = default) =>
        transaction.AppendAsync(expectedVersion, [.. domainEvents.Select(domainEvent => OutboxMessage.Of(domainEvent))], cancellationToken);

    /// <summary>Appends messages of one aggregate, all or none; returns the version of the last one.</summary>
    /// <param name="transaction">Commits them.</param>
    /// <param name="expectedVersion">Version of the stream before; 0 for a new one.</param>
    /// <param name="messages">At least one, all of the same aggregate.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StreamConflictException">
    /// The stream has another version. After a lost race (<see cref="StreamConflictException.ActualVersion"/> is null) the transaction must be rolled back.
    /// </exception>
    /// <exception cref="ArgumentException">There is no message, or they belong to several aggregates.</exception>
    /// <exception cref="PayloadTooLargeException">A message is too large.</exception>
    /// <exception cref="MessageRefusedException">A message could not be published.</exception>
    public static async Task<long> AppendAsync(
        this NpgsqlTransaction transaction, long expectedVersion, IReadOnlyCollection<OutboxMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        foreach (var message in messages) MessageLimits.Check(message);
        var (aggregateType, aggregateId) = Aggregate(messages);
        if (await InsertAsync(transaction, expectedVersion, messages, aggregateType, aggregateId, cancellationToken) == messages.Count)
            return expectedVersion + messages.Count;
        throw new StreamConflictException(aggregateType, aggregateId, expectedVersion, await HeadAsync(transaction, aggregateType, aggregateId, cancellationToken));
    }

    private static async Task<int> InsertAsync(
        NpgsqlTransaction transaction, long expectedVersion, IReadOnlyCollection<OutboxMessage> messages, string aggregateType, string aggregateId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Insert, transaction.Connection, transaction);
        MessageColumns.Add(command.Parameters, messages);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = expectedVersion });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = aggregateType });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = aggregateId });
        try
        {
            return await command.ExecuteOrRefuseAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "stream_events_pkey" })
        {
            throw new StreamConflictException(aggregateType, aggregateId, expectedVersion, actualVersion: null, exception);
        }
    }

    private static async Task<long> HeadAsync(NpgsqlTransaction transaction, string aggregateType, string aggregateId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Head, transaction.Connection, transaction)
        {
            Parameters = { new() { Value = aggregateType }, new() { Value = aggregateId } },
        };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static (string Type, string Id) Aggregate(IReadOnlyCollection<OutboxMessage> messages)
    {
        var aggregates = messages.Select(message => (message.AggregateType, message.AggregateId)).Distinct().Take(2).ToList();
        return aggregates.Count == 1 ? aggregates[0] : throw new ArgumentException("Append at least one message, all of one aggregate.", nameof(messages));
    }
}
