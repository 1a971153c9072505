using Npgsql;
using NpgsqlTypes;

namespace Nova.Events.Outbox.Writing;

/// <summary>Messages as parameters: one array a column, in the order of <see cref="Names"/>.</summary>
internal static class MessageColumns
{
    public const string Names = "id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, occurred_at";

    /// <summary>The rows of parameters $1 to $9 in their order, with their <c>ordinal</c> from 1.</summary>
    public const string Rows = $"""
        unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[], $7::text[], $8::text[], $9::timestamptz[])
            WITH ORDINALITY AS message ({Names}, ordinal)
        """;

    public static void Add(NpgsqlParameterCollection parameters, IReadOnlyCollection<OutboxMessage> messages)
    {
        Add(parameters, NpgsqlDbType.Uuid, messages, message => message.Id);
        Add(parameters, NpgsqlDbType.Text, messages, message => message.AggregateType);
        Add(parameters, NpgsqlDbType.Text, messages, message => message.AggregateId);
        Add(parameters, NpgsqlDbType.Text, messages, message => message.Type);
        Add(parameters, NpgsqlDbType.Jsonb, messages, message => message.Payload);
        Add(parameters, NpgsqlDbType.Jsonb, messages, MessageJson.Headers);
        Add(parameters, NpgsqlDbType.Text, messages, message => message.Traceparent);
        Add(parameters, NpgsqlDbType.Text, messages, message => message.Tenant);
        Add(parameters, NpgsqlDbType.TimestampTz, messages, message => message.OccurredAt?.UtcDateTime);
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, NpgsqlDbType type, IReadOnlyCollection<OutboxMessage> messages, Func<OutboxMessage, T> column) =>
        parameters.Add(new NpgsqlParameter { Value = messages.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
