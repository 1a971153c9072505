using Nova.Events.Contracts.Social;
using Nova.Events.Outbox.Writing;
using Npgsql;
using NpgsqlTypes;

namespace Nova.Events.Outbox;

/// <summary>Emits events in a transaction of plain Npgsql: if it rolls back, there was no event.</summary>
public static class NpgsqlOutbox
{
    internal const string Insert = $"""
        INSERT INTO nova.outbox ({MessageColumns.Names})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, COALESCE($9, clock_timestamp()))
        """;

    /// <summary>Writes one event to the outbox, in <paramref name="transaction"/>; returns its id.</summary>
    /// <exception cref="Contracts.UnknownEventTypeException">The event's type is not registered.</exception>
    /// <exception cref="PayloadTooLargeException">It has more than <see cref="OutboxMessage.MaxPayloadBytes"/>, or PostgreSQL stores or shows it in more.</exception>
    /// <exception cref="MessageRefusedException">It could not be published.</exception>
    public static Task<Guid> EmitAsync(this NpgsqlTransaction transaction, IDomainEvent domainEvent, CancellationToken cancellationToken = default) =>
        transaction.EmitAsync(OutboxMessage.Of(domainEvent), cancellationToken);

    /// <summary>Writes one message to the outbox, in <paramref name="transaction"/>; returns its id.</summary>
    /// <exception cref="PayloadTooLargeException">It has more than <see cref="OutboxMessage.MaxPayloadBytes"/>, or PostgreSQL stores or shows it in more.</exception>
    /// <exception cref="MessageRefusedException">It could not be published.</exception>
    public static async Task<Guid> EmitAsync(this NpgsqlTransaction transaction, OutboxMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        MessageLimits.Check(message);
        await using var command = new NpgsqlCommand(Insert, transaction.Connection, transaction);
        Bind(command.Parameters, message);
        await command.ExecuteOrRefuseAsync(cancellationToken);
        return message.Id;
    }

    internal static void Bind(NpgsqlParameterCollection parameters, OutboxMessage message)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = message.Id });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.AggregateType });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.AggregateId });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.Type });
        parameters.Add(new NpgsqlParameter { Value = (object?)message.Payload ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        parameters.Add(new NpgsqlParameter { Value = (object?)MessageJson.Headers(message) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        parameters.Add(new NpgsqlParameter { Value = (object?)message.Traceparent ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.Tenant });
        parameters.Add(new NpgsqlParameter { Value = (object?)message.OccurredAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
    }
}
