using Nova.Events.Postgres.Snapshots;
using Npgsql;

namespace Nova.Events.Relay.Snapshots;

/// <summary>
/// Waits, once a session and before its first chunk, for transactions that may have been delivered before deliveries were noted and are not visible
/// yet: those that were open then. One that is seen idle has not committed, so it will be delivered, and noted.
/// </summary>
internal sealed class OpenTransactions(NpgsqlDataSource database, TimeProvider time)
{
    private const string Idle = "SELECT backend_xid::text::bigint FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND state LIKE 'idle in transaction%'";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once there are none.</summary>
    /// <param name="waiting">Told the transactions that it waits for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SettleAsync(Func<IEnumerable<uint>, Task> waiting, CancellationToken cancellationToken)
    {
        var open = (await SnapshotAsync(cancellationToken)).Open.ToHashSet();
        while (true)
        {
            await foreach (var idle in IdleAsync(cancellationToken)) open.Remove(idle);
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

    private async IAsyncEnumerable<uint> IdleAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Idle);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return (uint)reader.GetInt64(0);
    }
}
