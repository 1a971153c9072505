using System.Net.Sockets;
using Nova.Events.ChaosTests.Writing;
using Npgsql;

namespace Nova.Events.ChaosTests.Relay.Writing;

/// <summary>Writers that commit at a given rate, whatever becomes of their events. While the database is away they try again.</summary>
internal sealed class ChaosWriters(NpgsqlDataSource dataSource, int seed, double rate, WriterTally tally)
{
    /// <summary>Connections that write.</summary>
    public const int Count = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Writes until <paramref name="stop"/>; transactions that run then are finished.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Count).Select(writer => Task.Run(() => WriteAsync(writer, stop), CancellationToken.None)));

    private async Task WriteAsync(int writer, CancellationToken stop)
    {
        var (random, rhythm) = (new Random((seed * Count) + writer), new Rhythm(TimeSpan.FromSeconds(Count / rate)));
        while (!stop.IsCancellationRequested)
        {
            await rhythm.NextAsync(stop);
            if (!await TryAsync(writer, random)) await Rhythm.DelayAsync(Pause, stop);
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
}
