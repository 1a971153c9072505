using Nova.Events.Outbox.Writing;
using Npgsql;
using NpgsqlTypes;

namespace Nova.Events.Outbox;

/// <summary>Emits events in bulk, with PostgreSQL's binary COPY, in a transaction of plain Npgsql: for back-fills and imports of many thousands.</summary>
public static class NpgsqlOutboxCopy
{
    private const string Copy = $"COPY nova.outbox ({MessageColumns.Names}) FROM STDIN (FORMAT BINARY)";

    /// <inheritdoc cref="CopyAsync(NpgsqlTransaction, IAsyncEnumerable{OutboxMessage}, CancellationToken)"/>
    public static Task<long> CopyAsync(this NpgsqlTransaction transaction, IEnumerable<OutboxMessage> messages, CancellationToken cancellationToken = default) =>
        transaction.CopyAsync(messages.ToAsyncEnumerable(), cancellationToken);

    /// <summary>
    /// Writes messages to the outbox as they come, in their order and in <paramref name="transaction"/>; returns how many. Constraints apply as ever.
    /// A message without a time gets that of this process's clock. After an exception the transaction must be rolled back.
    /// </summary>
    /// <exception cref="PayloadTooLargeException">A message is too large; none is written.</exception>
    /// <exception cref="MessageRefusedException">A message could not be published; none is written.</exception>
    public static async Task<long> CopyAsync(this NpgsqlTransaction transaction, IAsyncEnumerable<OutboxMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(messages);
        var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction has ended.");
        try
        {
            await using var importer = await connection.BeginBinaryImportAsync(Copy, cancellationToken);
            await foreach (var message in messages.WithCancellation(cancellationToken))
            {
                MessageLimits.Check(message);
                await WriteAsync(importer, message, cancellationToken);
            }

            return (long)await importer.CompleteAsync(cancellationToken);
        }
        catch (PostgresException exception) when (Refusals.Of(exception) is { } refusal)
        {
            throw refusal;
        }
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter importer, OutboxMessage message, CancellationToken cancellationToken)
    {
        await importer.StartRowAsync(cancellationToken);
        await importer.WriteAsync(message.Id, NpgsqlDbType.Uuid, cancellationToken);
        await importer.WriteAsync(message.AggregateType, NpgsqlDbType.Text, cancellationToken);
        await importer.WriteAsync(message.AggregateId, NpgsqlDbType.Text, cancellationToken);
        await importer.WriteAsync(message.Type, NpgsqlDbType.Text, cancellationToken);
        await importer.WriteAsync(message.Payload, NpgsqlDbType.Jsonb, cancellationToken);
        await importer.WriteAsync(MessageJson.Headers(message), NpgsqlDbType.Jsonb, cancellationToken);
        await importer.WriteAsync(message.Traceparent, NpgsqlDbType.Text, cancellationToken);
        await importer.WriteAsync(message.Tenant, NpgsqlDbType.Text, cancellationToken);
        await importer.WriteAsync((message.OccurredAt ?? TimeProvider.System.GetUtcNow()).UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
    }
}
