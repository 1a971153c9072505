using Nova.Events.ChaosTests.Relay.Checking;
using Npgsql;

namespace Nova.Events.ChaosTests.Relay;

/// <summary>The end of a run: the last transactions come to rest, and the relay gets to the end of the WAL.</summary>
internal sealed class Drain(ChaosDatabase database)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>True once everything that was committed is confirmed; false if that takes too long.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await UntilAsync($"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = '{ChaosDatabase.WriterName}' AND xact_start IS NOT NULL AND pid <> pg_backend_pid())", limit.Token);
            var end = await database.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text", limit.Token);
            await UntilAsync($"SELECT confirmed_flush_lsn >= '{end}' FROM pg_replication_slots WHERE slot_name = '{RelayFleet.Name}'", limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Everything that was committed.</summary>
    public async Task<IReadOnlyCollection<LedgerEntry>> LedgerAsync(CancellationToken cancellationToken)
    {
        var entries = new List<LedgerEntry>();
        await using var command = database.DataSource.CreateCommand("SELECT id, key, number, oversize FROM chaos.ledger");
        command.CommandTimeout = (int)Limit.TotalSeconds;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) entries.Add(new LedgerEntry(reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), reader.GetBoolean(3)));
        return entries;
    }

    private async Task UntilAsync(string sql, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Poll);
        while (!await TryAsync(sql, cancellationToken)) await timer.WaitForNextTickAsync(cancellationToken);
    }

    private async Task<bool> TryAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            return await database.ScalarAsync<bool>(sql, cancellationToken);
        }
        catch (NpgsqlException)
        {
            // A pooled connection from before the last fault.
            return false;
        }
    }
}
