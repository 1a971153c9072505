using Nova.Events.Contracts.Social;
using Nova.Events.Outbox.Writing;
using Npgsql;

namespace Nova.Events.Outbox;

/// <summary>
/// Emits the last events of a transaction of plain Npgsql and commits it, in one round trip: an event then costs its writer no waiting of its own.
/// </summary>
public static class NpgsqlOutboxCommit
{
    /// <summary>Writes one event to the outbox and commits <paramref name="transaction"/>; returns its id.</summary>
    /// <exception cref="Contracts.UnknownEventTypeException">The event's type is not registered.</exception>
    /// <inheritdoc cref="EmitAndCommitAsync(NpgsqlTransaction, OutboxMessage, CancellationToken)"/>
    public static Task<Guid> EmitAndCommitAsync(this NpgsqlTransaction transaction, IDomainEvent domainEvent, CancellationToken cancellationToken = default) =>
        transaction.EmitAndCommitAsync(OutboxMessage.Of(domainEvent), cancellationToken);

    /// <summary>
    /// Writes one message to the outbox and commits <paramref name="transaction"/>; returns its id. If the message is refused nothing is committed. If the
    /// connection is lost before the answer the outcome is unknown, as with any commit.
    /// </summary>
    /// <exception cref="PayloadTooLargeException">It has more than <see cref="OutboxMessage.MaxPayloadBytes"/>, or PostgreSQL stores or shows it in more.</exception>
    /// <exception cref="MessageRefusedException">It could not be published.</exception>
    public static async Task<Guid> EmitAndCommitAsync(this NpgsqlTransaction transaction, OutboxMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        MessageLimits.Check(message);
        var emission = new NpgsqlBatchCommand(NpgsqlOutbox.Insert);
        NpgsqlOutbox.Bind(emission.Parameters, message);
        await transaction.CommitWithAsync(emission, cancellationToken);
        return message.Id;
    }

    /// <summary>The statement and COMMIT in one batch: the server runs the second only if the first succeeded.</summary>
    internal static async Task CommitWithAsync(this NpgsqlTransaction transaction, NpgsqlBatchCommand emission, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction has ended.");
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { emission, new NpgsqlBatchCommand("COMMIT") } };
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (Refusals.Of(exception) is { } refusal)
        {
            throw refusal;
        }
    }
}
