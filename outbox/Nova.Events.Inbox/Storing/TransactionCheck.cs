using System.Collections.Concurrent;
using Npgsql;

namespace Nova.Events.Inbox.Storing;

/// <summary>Whether a transaction whose handler failed is still that which locked the row: if the handler committed before, its records would be applied again.</summary>
internal sealed class TransactionCheck(OpenInboxWork open)
{
    private const string UnderWay = "in progress";
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

    /// <summary>Asks on a connection of its own. While the database does not answer, or the transaction is still under way, the doubt stays.</summary>
    /// <exception cref="TransactionEndedException">The handler committed it.</exception>
    public async Task SettleAsync(InboxKey key, CancellationToken closed)
    {
        if (!_doubtful.ContainsKey(key)) return;
        await using var work = await open(closed);
        try
        {
            await SettleAsync(work.Transaction.Connection!, key, closed);
        }
        catch (PostgresException exception) when (!PassingFault.Is(exception))
        {
            // The server knows no such id: the database was restored meanwhile, or is another one.
            _doubtful.TryRemove(key, out _);
        }
    }

    /// <summary>Asks in a transaction that has locked the row: what had locked it before is over by then.</summary>
    /// <returns>False where it is said to be under way all the same.</returns>
    /// <exception cref="TransactionEndedException">The handler committed it.</exception>
    public async Task<bool> SettleAsync(NpgsqlConnection connection, InboxKey key, CancellationToken closed)
    {
        if (!_doubtful.TryGetValue(key, out var transactionId)) return true;
        var status = await new InboxTable(connection).StatusOfAsync(transactionId, closed);
        // The server still runs a commit that it was sent before the connection broke, or has not read it yet.
        if (status == UnderWay) return false;
        _doubtful.TryRemove(key, out _);
        return status == "committed" ? throw new TransactionEndedException() : true;
    }
}
