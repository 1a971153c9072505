using System.Collections.Concurrent;
using Npgsql;

namespace Nova.Events.Inbox.Storing;

/// <summary>Whether a transaction whose handler failed is still that which locked the row: if the handler committed before, its records would be applied again.</summary>
internal sealed class TransactionCheck(OpenInboxWork open)
{
    private readonly ConcurrentDictionary<InboxKey, string> _doubtful = new();

    /// <summary>Asks on the transaction's own connection. Where that can't say, the transaction is doubtful from then on.</summary>
    /// <exception cref="TransactionEndedException">It is another one, or none.</exception>
    public async Task ConfirmAsync(NpgsqlConnection connection, InboxKey key, string transactionId, CancellationToken closed)
    {
        bool isOurs;
        try
        {
            isOurs = await new InboxTable(connection).IsOursAsync(transactionId, closed);
        }
#pragma warning disable CA1031 // Aborted by an error, busy, lost or closed.
        catch (Exception)
#pragma warning restore CA1031
        {
            _doubtful[key] = transactionId;
            return;
        }

        if (!isOurs) throw new TransactionEndedException();
    }

    /// <summary>Asks on a connection of its own, once the doubtful transaction is over. While the database does not answer the doubt stays.</summary>
    /// <exception cref="TransactionEndedException">The handler committed it.</exception>
    public async Task SettleAsync(InboxKey key, CancellationToken closed)
    {
        if (!_doubtful.TryGetValue(key, out var transactionId)) return;
        await using var work = await open(closed);
        var isCommitted = await IsCommittedAsync(work.Transaction.Connection!, transactionId, closed);
        _doubtful.TryRemove(key, out _);
        if (isCommitted) throw new TransactionEndedException();
    }

    // The server knows no such id where the database was restored meanwhile, or is another one.
    private static async Task<bool> IsCommittedAsync(NpgsqlConnection connection, string transactionId, CancellationToken closed)
    {
        try
        {
            return await new InboxTable(connection).IsCommittedAsync(transactionId, closed);
        }
        catch (PostgresException exception) when (!PassingFault.Is(exception))
        {
            return false;
        }
    }
}
