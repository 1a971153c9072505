using Microsoft.EntityFrameworkCore;
using Nova.Events.Contracts.Records;
using Npgsql;

namespace Nova.Events.Inbox;

/// <summary>What a service does with one record, in the transaction that notes that it was done. Called in the order of each partition, several partitions at a time.</summary>
public interface IInboxHandler
{
    /// <summary>
    /// Handles one record. What it writes in <paramref name="transaction"/> is there exactly once; what it does elsewhere may happen again, since a record is
    /// handled anew after each rollback. The transaction is shared with the records beside it: it is not to be committed or rolled back here.
    /// </summary>
    ValueTask<Outcome> HandleAsync(RecordView record, NpgsqlTransaction transaction, CancellationToken cancellationToken);
}

/// <summary>As <see cref="IInboxHandler"/>, with a <see cref="DbContext"/> that is in the transaction.</summary>
/// <typeparam name="TContext">The service's context, on Npgsql.</typeparam>
public interface IInboxHandler<in TContext>
    where TContext : DbContext
{
    /// <summary>
    /// Handles one record. Changes that are left in <paramref name="context"/> are saved afterwards; each record finds it empty. Handler and context are of one
    /// scope, which the records of a transaction share.
    /// </summary>
    ValueTask<Outcome> HandleAsync(RecordView record, TContext context, CancellationToken cancellationToken);
}
