using System.Text.Json;
using Nova.Events.Contracts.Social;
using Npgsql;
using NpgsqlTypes;

namespace Nova.Events.Outbox;

/// <summary>Emits events in a transaction of plain Npgsql: if it rolls back, there was no event.</summary>
public static class NpgsqlOutbox
{
    private const string Insert = """
        INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, occurred_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, COALESCE($9, clock_timestamp()))
        """;

    /// <summary>Writes one event to the outbox, in <paramref name="transaction"/>; returns its id.</summary>
    /// <exception cref="Contracts.UnknownEventTypeException">The event's type is not registered.</exception>
    /// <exception cref="PayloadTooLargeException">It has more than <see cref="OutboxMessage.MaxPayloadBytes"/>.</exception>
    public static Task<Guid> EmitAsync(this NpgsqlTransaction transaction, IDomainEvent domainEvent, CancellationToken cancellationToken = default) =>
        transaction.EmitAsync(OutboxMessage.Of(domainEvent), cancellationToken);

    /// <summary>Writes one message to the outbox, in <paramref name="transaction"/>; returns its id.</summary>
    /// <exception cref="PayloadTooLargeException">It has more than <see cref="OutboxMessage.MaxPayloadBytes"/>.</exception>
    public static async Task<Guid> EmitAsync(this NpgsqlTransaction transaction, OutboxMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(message);
        if (message.Payload is { Length: > OutboxMessage.MaxPayloadBytes } payload)
            throw new PayloadTooLargeException(message.Type, payload.Length);
        await using var command = new NpgsqlCommand(Insert, transaction.Connection, transaction);
        Bind(command.Parameters, message);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return message.Id;
    }

    private static void Bind(NpgsqlParameterCollection parameters, OutboxMessage message)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = message.Id });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.AggregateType });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.AggregateId });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.Type });
        parameters.Add(new NpgsqlParameter { Value = (object?)message.Payload ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        parameters.Add(new NpgsqlParameter { Value = (object?)HeadersJson(message) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        parameters.Add(new NpgsqlParameter { Value = (object?)message.Traceparent ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = message.Tenant });
        parameters.Add(new NpgsqlParameter { Value = (object?)message.OccurredAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
    }

    private static byte[]? HeadersJson(OutboxMessage message)
    {
        if (message.Headers is not { Count: > 0 } headers) return null;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (name, value) in headers) json.WriteString(name, value);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
