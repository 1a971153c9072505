using Microsoft.EntityFrameworkCore.Storage;
using Nova.Events.Contracts.Social;
using Npgsql;

namespace Nova.Events.Outbox;

/// <summary>
/// Emits events in a transaction of EF Core. The row is written at the call, not at <c>SaveChanges</c>: EF reorders the inserts of a unit of
/// work, and the outbox must keep the order in which events were emitted.
/// </summary>
public static class EntityFrameworkOutbox
{
    /// <summary>Writes one event to the outbox, in <paramref name="transaction"/>; returns its id.</summary>
    /// <exception cref="NotSupportedException">The transaction is not Npgsql's.</exception>
    /// <inheritdoc cref="NpgsqlOutbox.EmitAsync(NpgsqlTransaction, IDomainEvent, CancellationToken)"/>
    public static Task<Guid> EmitAsync(this IDbContextTransaction transaction, IDomainEvent domainEvent, CancellationToken cancellationToken = default) =>
        Npgsql(transaction).EmitAsync(domainEvent, cancellationToken);

    /// <summary>Writes one message to the outbox, in <paramref name="transaction"/>; returns its id.</summary>
    /// <exception cref="NotSupportedException">The transaction is not Npgsql's.</exception>
    public static Task<Guid> EmitAsync(this IDbContextTransaction transaction, OutboxMessage message, CancellationToken cancellationToken = default) =>
        Npgsql(transaction).EmitAsync(message, cancellationToken);

    private static NpgsqlTransaction Npgsql(IDbContextTransaction transaction) =>
        transaction.GetDbTransaction() as NpgsqlTransaction
            ?? throw new NotSupportedException("The outbox lives in PostgreSQL: configure the context with UseNpgsql and begin the transaction on it.");
}
