using System.Diagnostics;
using Npgsql;

namespace Nova.Events.Benchmarks.Latency;

/// <summary>
/// Commits one-row transactions at a given rate, whatever becomes of them: each event is due at its own moment, and a writer that is late
/// catches up. Waiting for the contender would hide just the latencies that matter.
/// </summary>
internal sealed class SteadyWriters(NpgsqlDataSource dataSource, EventLedger ledger, double rate)
{
    private const string Insert = """
        INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload)
        VALUES ($1, 'post', bench.aggregate($2), 'PostPublished', bench.payload($2)::jsonb)
        """;

    private int _next;

    /// <summary>Commits the next <paramref name="events"/> events, beginning now, on <paramref name="clients"/> connections.</summary>
    public async Task RunAsync(int events, int clients, CancellationToken cancellationToken)
    {
        var (started, first) = (Stopwatch.GetTimestamp(), _next);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => WriteAsync(started, first, first + events, cancellationToken)));
        _next = first + events;
    }

    private async Task WriteAsync(long started, int first, int end, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var insert = Command(connection);
        while (Interlocked.Increment(ref _next) - 1 is var number && number < end)
        {
            var wait = TimeSpan.FromSeconds((number - first) / rate) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken);
            await CommitAsync(insert, number, cancellationToken);
        }
    }

    private async Task CommitAsync(NpgsqlCommand insert, int number, CancellationToken cancellationToken)
    {
        ((NpgsqlParameter<Guid>)insert.Parameters[0]).TypedValue = EventLedger.IdOf(number);
        ((NpgsqlParameter<long>)insert.Parameters[1]).TypedValue = number;
        await insert.ExecuteNonQueryAsync(cancellationToken);
        ledger.Commit(number);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection) =>
        new(Insert, connection) { Parameters = { new NpgsqlParameter<Guid>(), new NpgsqlParameter<long>() } };
}
