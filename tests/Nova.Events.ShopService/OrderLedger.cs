using System.Globalization;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox;
using Npgsql;

namespace Nova.Events.ShopService;

/// <summary>Books the number that each record carries, once, into table <c>ledger</c>.</summary>
public sealed class OrderLedger : IInboxHandler
{
    /// <inheritdoc/>
    public async ValueTask<Outcome> HandleAsync(RecordView record, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await using var book = new NpgsqlCommand("INSERT INTO ledger (number, partition) VALUES ($1, $2)", transaction.Connection, transaction);
        book.Parameters.Add(new() { Value = int.Parse(record.Value, CultureInfo.InvariantCulture) });
        book.Parameters.Add(new() { Value = record.Partition });
        await book.ExecuteNonQueryAsync(cancellationToken);
        return Outcome.Handled;
    }
}
