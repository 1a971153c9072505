using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>Updates rows all over the table at a given rate until cancelled; notes when each update's commit returned.</summary>
/// <param name="database">Where the table is.</param>
/// <param name="rows">Its rows.</param>
/// <param name="rate">Updates a second, each due at its own moment.</param>
/// <param name="first">The first revision that is written; no other run has one of these.</param>
internal sealed class SteadyUpdates(NpgsqlDataSource database, int rows, double rate, long first)
{
    private const string Update = "UPDATE bench.articles SET revision = $2, body = bench.body($1, $2), updated_at = clock_timestamp() WHERE id = $1";
    private readonly ConcurrentDictionary<long, DateTime> _committed = new();
    private long _next;

    /// <summary>Revision of each update, and when (UTC) its commit returned.</summary>
    public IReadOnlyDictionary<long, DateTime> Committed => _committed;

    public Task RunAsync(int writers, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, writers).Select(_ => WriteAsync(started, cancellationToken)));
    }

    private async Task WriteAsync(long started, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var update = new NpgsqlCommand(Update, connection) { Parameters = { new NpgsqlParameter<long>(), new NpgsqlParameter<long>() } };
        while (!cancellationToken.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _next) - 1;
            var wait = TimeSpan.FromSeconds(number / rate) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) return;
            ((NpgsqlParameter<long>)update.Parameters[0]).TypedValue = number * 7919 % rows;
            ((NpgsqlParameter<long>)update.Parameters[1]).TypedValue = first + number;
            // An update that was begun is ended: whether it is committed must be known.
            await update.ExecuteNonQueryAsync(CancellationToken.None);
            _committed[first + number] = TimeProvider.System.GetUtcNow().UtcDateTime;
        }
    }
}
