using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace Nova.Events.ChaosTests.Writing;

/// <summary>
/// Writers that commit at a given rate, whatever becomes of their events. While the database is away they try again; then they
/// catch up at most a second, so that an outage is followed by a burst and not by a flood.
/// </summary>
internal sealed class ChaosWriters(NpgsqlDataSource dataSource, int seed, double rate, WriterTally tally)
{
    /// <summary>Connections that write.</summary>
    public const int Count = 4;

    private static readonly TimeSpan MostToCatchUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Writes until <paramref name="stop"/>; transactions that run then are finished.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Count).Select(writer => Task.Run(() => WriteAsync(writer, stop), CancellationToken.None)));

    private async Task WriteAsync(int writer, CancellationToken stop)
    {
        var (random, interval) = (new Random((seed * Count) + writer), TimeSpan.FromSeconds(Count / rate));
        var (started, due) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        while (!stop.IsCancellationRequested)
        {
            due += interval;
            var now = Stopwatch.GetElapsedTime(started);
            if (due < now - MostToCatchUp) due = now - MostToCatchUp;
            if (due > now) await DelayAsync(due - now, stop);
            if (!await TryAsync(writer, random)) await DelayAsync(Pause, stop);
        }
    }

    /// <summary>False if the database was away.</summary>
    private async Task<bool> TryAsync(int writer, Random random)
    {
        var form = TransactionMix.Next(random);
        var committing = false;
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            await new ChaosTransaction(connection, writer, random).EmitAsync(form, transaction, CancellationToken.None);
            if (form == TransactionForm.RolledBack)
            {
                await transaction.RollbackAsync(CancellationToken.None);
                tally.NoteRolledBack();
                return true;
            }

            committing = true;
            await transaction.CommitAsync(CancellationToken.None);
            tally.NoteCommitted();
            return true;
        }
        catch (Exception away) when (away is NpgsqlException or SocketException or IOException or TimeoutException or InvalidOperationException)
        {
            if (committing) tally.NoteInDoubt();
            else tally.NoteFailed();
            return false;
        }
    }

    private static Task DelayAsync(TimeSpan delay, CancellationToken stop) => Task.Delay(delay, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
}
