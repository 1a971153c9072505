using Nova.Events.Postgres.Snapshots;
using Npgsql;

namespace Nova.Events.Relay.Snapshots;

/// <summary>
/// Waits, before a snapshot's first chunk of a session, until every transaction that is open now has ended. One of them may have been delivered
/// before deliveries were noted, and not be visible yet; or may have changed the table before its capture began, so that the WAL does not tell it
/// and no chunk from before its end does either. Making a replication slot waits in the same way.
/// </summary>
internal sealed class OpenTransactions(NpgsqlDataSource database, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once there are none.</summary>
    /// <param name="waiting">Told the transactions that it waits for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task EndAsync(Func<IEnumerable<uint>, Task> waiting, CancellationToken cancellationToken)
    {
        // A snapshot does not list the open transactions above the last that ended: one of our own ends first, above all that are open.
        await using (var last = database.CreateCommand("SELECT pg_current_xact_id()")) await last.ExecuteNonQueryAsync(cancellationToken);
        var open = (await SnapshotAsync(cancellationToken)).Open.ToHashSet();
        while (true)
        {
            open.IntersectWith((await SnapshotAsync(cancellationToken)).Open);
            if (open.Count == 0) return;
            await waiting(open);
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private async Task<TransactionSnapshot> SnapshotAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT pg_current_snapshot()::text");
        return TransactionSnapshot.Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!);
    }
}
