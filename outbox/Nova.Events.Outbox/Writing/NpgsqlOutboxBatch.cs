using Nova.Events.Contracts.Social;
using Nova.Events.Outbox.Writing;
using Npgsql;

namespace Nova.Events.Outbox;

/// <summary>Emits many events with one statement in a transaction of plain Npgsql, in their order.</summary>
public static class NpgsqlOutboxBatch
{
    private const int RowsAtOnce = 1000;

    private const string Insert = $"""
        INSERT INTO nova.outbox ({MessageColumns.Names})
        SELECT id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, coalesce(occurred_at, clock_timestamp())
        FROM {MessageColumns.Rows}
        ORDER BY ordinal
        """;

    /// <summary>Writes events to the outbox, in their order and in <paramref name="transaction"/>; returns their ids.</summary>
    /// <exception cref="Contracts.UnknownEventTypeException">An event's type is not registered.</exception>
    /// <inheritdoc cref="EmitAsync(NpgsqlTransaction, IReadOnlyCollection{OutboxMessage}, CancellationToken)"/>
    public static Task<IReadOnlyList<Guid>> EmitAsync(
        this NpgsqlTransaction transaction, IReadOnlyCollection<IDomainEvent> domainEvents, CancellationToken cancellationToken = default) =>
        transaction.EmitAsync([.. domainEvents.Select(domainEvent => OutboxMessage.Of(domainEvent))], cancellationToken);

    /// <summary>Writes messages to the outbox, in their order and in <paramref name="transaction"/>; returns their ids. One round trip for each thousand.</summary>
    /// <exception cref="PayloadTooLargeException">A message is too large; none is written.</exception>
    /// <exception cref="MessageRefusedException">A message could not be published; none is written.</exception>
    public static async Task<IReadOnlyList<Guid>> EmitAsync(
        this NpgsqlTransaction transaction, IReadOnlyCollection<OutboxMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages) MessageLimits.Check(message);
        foreach (var rows in messages.Chunk(RowsAtOnce)) await InsertAsync(transaction, rows, cancellationToken);
        return [.. messages.Select(message => message.Id)];
    }

    private static async Task InsertAsync(NpgsqlTransaction transaction, OutboxMessage[] messages, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Insert, transaction.Connection, transaction);
        MessageColumns.Add(command.Parameters, messages);
        await command.ExecuteOrRefuseAsync(cancellationToken);
    }
}
