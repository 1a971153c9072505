using System.Diagnostics;
using Npgsql;

namespace Nova.Events.Benchmarks.Latency;

/// <summary>
/// Commits transactions of one event or several at a given rate of events, whatever becomes of them: each is due at its own moment, and a writer that is late
/// catches up. Waiting for the contender would hide just the latencies that matter.
/// </summary>
internal sealed class SteadyWriters(NpgsqlDataSource dataSource, EventLedger ledger, double rate, int together = 1, int first = 0)
{
    private const string Insert = """
        INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload)
        SELECT id, 'post', bench.aggregate(number), 'PostPublished', bench.payload(number)::jsonb FROM unnest($1, $2) AS events (id, number)
        """;

    private int _next = first;

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
        while (Interlocked.Add(ref _next, together) - together is var number && number < end)
        {
            var wait = TimeSpan.FromSeconds((number - first) / rate) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken);
            await CommitAsync(insert, number, Math.Min(together, end - number), cancellationToken);
        }
    }

    private async Task CommitAsync(NpgsqlCommand insert, int first, int count, CancellationToken cancellationToken)
    {
        var numbers = Enumerable.Range(first, count).ToArray();
        ((NpgsqlParameter<Guid[]>)insert.Parameters[0]).TypedValue = Array.ConvertAll(numbers, EventLedger.IdOf);
        ((NpgsqlParameter<long[]>)insert.Parameters[1]).TypedValue = Array.ConvertAll(numbers, static number => (long)number);
        await insert.ExecuteNonQueryAsync(cancellationToken);
        foreach (var number in numbers) ledger.Commit(number);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection) =>
        new(Insert, connection) { Parameters = { new NpgsqlParameter<Guid[]>(), new NpgsqlParameter<long[]>() } };
}
