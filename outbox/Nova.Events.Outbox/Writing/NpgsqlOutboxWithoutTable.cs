using Nova.Events.Contracts.Social;
using Nova.Events.Outbox.Writing;
using Npgsql;
using NpgsqlTypes;

namespace Nova.Events.Outbox;

/// <summary>
/// Emits events without a row: as logical messages in the WAL, which commit and roll back with the transaction. Half the write load; but no replay
/// from the table, and what a lost slot had not read is gone. Needs no schema in the database.
/// </summary>
public static class NpgsqlOutboxWithoutTable
{
    /// <summary>Prefix of the logical messages.</summary>
    public const string Prefix = "nova.outbox";

    private const int MessagesAtOnce = 1000;

    /// <summary>Fails while polling is enabled: then nobody reads the WAL. Plain SQL raises no error of its own, but a cast does; it needs no schema.</summary>
    private const string IsRead = $"(SELECT ('{Refusals.IsPolled}' || tgname)::boolean FROM pg_trigger WHERE tgrelid = to_regclass('nova.outbox') AND tgname = 'outbox_polling') IS NULL";

    private const string EmitOne = $"SELECT pg_logical_emit_message(true, '{Prefix}', $1) WHERE {IsRead}";

    private const string Emit = $"SELECT count(pg_logical_emit_message(true, '{Prefix}', content)) FROM unnest($1::bytea[]) WITH ORDINALITY AS message (content, ordinal) WHERE {IsRead}";

    /// <summary>Writes one event to the WAL, in <paramref name="transaction"/>; returns its id.</summary>
    /// <exception cref="Contracts.UnknownEventTypeException">The event's type is not registered.</exception>
    /// <inheritdoc cref="EmitToWalAsync(NpgsqlTransaction, IReadOnlyCollection{OutboxMessage}, CancellationToken)"/>
    public static Task<Guid> EmitToWalAsync(this NpgsqlTransaction transaction, IDomainEvent domainEvent, CancellationToken cancellationToken = default) =>
        transaction.EmitToWalAsync(OutboxMessage.Of(domainEvent), cancellationToken);

    /// <summary>Writes one message to the WAL, in <paramref name="transaction"/>; returns its id.</summary>
    /// <inheritdoc cref="EmitToWalAsync(NpgsqlTransaction, IReadOnlyCollection{OutboxMessage}, CancellationToken)"/>
    public static async Task<Guid> EmitToWalAsync(this NpgsqlTransaction transaction, OutboxMessage message, CancellationToken cancellationToken = default) =>
        (await transaction.EmitToWalAsync([message], cancellationToken))[0];

    /// <summary>
    /// Writes messages to the WAL, in their order and in <paramref name="transaction"/>; returns their ids. One round trip for each thousand. A payload of
    /// JSON <c>null</c> is a tombstone. A message without a time gets that of this process's clock.
    /// </summary>
    /// <exception cref="PayloadTooLargeException">A message is too large; none is written.</exception>
    /// <exception cref="MessageRefusedException">A message could not be published, or polling is enabled and nobody reads the WAL; none is written.</exception>
    public static async Task<IReadOnlyList<Guid>> EmitToWalAsync(
        this NpgsqlTransaction transaction, IReadOnlyCollection<OutboxMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var some in Contents(messages).Chunk(MessagesAtOnce))
        {
            await using var command = new NpgsqlCommand(Emit, transaction.Connection, transaction);
            command.Parameters.Add(new NpgsqlParameter { Value = some, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
            await command.ExecuteOrRefuseAsync(cancellationToken);
        }

        return [.. messages.Select(message => message.Id)];
    }

    /// <summary>Writes one message to the WAL and commits, in one round trip; returns its id.</summary>
    /// <inheritdoc cref="EmitToWalAsync(NpgsqlTransaction, IReadOnlyCollection{OutboxMessage}, CancellationToken)"/>
    public static async Task<Guid> EmitToWalAndCommitAsync(this NpgsqlTransaction transaction, OutboxMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var emission = new NpgsqlBatchCommand(EmitOne) { Parameters = { new() { Value = Contents([message])[0], NpgsqlDbType = NpgsqlDbType.Bytea } } };
        await transaction.CommitWithAsync(emission, cancellationToken);
        return message.Id;
    }

    /// <summary>Writes one event to the WAL and commits, in one round trip; returns its id.</summary>
    /// <exception cref="Contracts.UnknownEventTypeException">The event's type is not registered.</exception>
    /// <inheritdoc cref="EmitToWalAsync(NpgsqlTransaction, IReadOnlyCollection{OutboxMessage}, CancellationToken)"/>
    public static Task<Guid> EmitToWalAndCommitAsync(this NpgsqlTransaction transaction, IDomainEvent domainEvent, CancellationToken cancellationToken = default) =>
        transaction.EmitToWalAndCommitAsync(OutboxMessage.Of(domainEvent), cancellationToken);

    private static byte[][] Contents(IReadOnlyCollection<OutboxMessage> messages)
    {
        foreach (var message in messages) MessageLimits.Check(message);
        var now = TimeProvider.System.GetUtcNow();
        return [.. messages.Select(message => MessageJson.Whole(message, now))];
    }
}
