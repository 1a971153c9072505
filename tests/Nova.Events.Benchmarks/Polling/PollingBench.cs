using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.Contracts.Social;
using Nova.Events.Outbox;
using Npgsql;

namespace Nova.Events.Benchmarks.Polling;

/// <summary>What <c>bench polling</c> measured.</summary>
/// <param name="PerSecond">Queued messages that one relay publishes and deletes in a second, from its first to its last.</param>
/// <param name="Processor">Its processor time.</param>
/// <param name="PlainPerSecond">Transactions with one event in a second, without polling.</param>
/// <param name="PolledPerSecond">The same, with it.</param>
internal sealed record PollingResult(double PerSecond, TimeSpan Processor, double PlainPerSecond, double PolledPerSecond);

/// <summary>Empties a full queue, and writes with and without the trigger. The queue is vacuumed as it would be: its dead rows are part of the cost.</summary>
internal sealed class PollingBench(int rows, int buckets, TimeSpan duration, int clients)
{
    private const string Name = "polling";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public async Task<PollingResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: true, keep: false, cancellationToken);
        await using var database = await BenchDatabase.OpenAsync(servers, Name, cancellationToken);
        await database.ExecuteAsync("ALTER SYSTEM RESET autovacuum", cancellationToken);
        await database.ExecuteAsync("SELECT pg_reload_conf()", cancellationToken);
        await WriteAsync(database, duration / 4, cancellationToken);
        var plain = await WriteAsync(database, duration, cancellationToken);
        await database.ExecuteAsync($"SELECT nova.outbox_enable_polling({buckets})", cancellationToken);
        await WriteAsync(database, duration / 4, cancellationToken);
        var polled = await WriteAsync(database, duration, cancellationToken);
        await database.ExecuteAsync("TRUNCATE nova.outbox_queue", cancellationToken);
        var (perSecond, processor) = await EmptyAsync(servers, database, cancellationToken);
        return new PollingResult(perSecond, processor, plain, polled);
    }

    /// <summary>Transactions a second.</summary>
    private async Task<double> WriteAsync(BenchDatabase database, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(limit);
        var started = TimeProvider.System.GetTimestamp();
        var written = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => ClientAsync(database, client, over.Token, cancellationToken)));
        return written.Sum() / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<int> ClientAsync(BenchDatabase database, int client, CancellationToken over, CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        var random = new Random(client);
        var written = 0;
        for (; !over.IsCancellationRequested; written++)
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            await transaction.EmitAndCommitAsync(new PostPublished(random.Next(100_000), client, "a short text as people write it"), cancellationToken);
        }

        return written;
    }

    private async Task<(double PerSecond, TimeSpan Processor)> EmptyAsync(BenchServers servers, BenchDatabase database, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            $"INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload) SELECT nova.uuid_v7(), 'post', (i % 10000)::text, 'PostPublished', '{{\"post_id\": 42, \"author_id\": 7, \"text\": \"a short text as people write it\"}}' FROM generate_series(1, {rows}) i",
            cancellationToken);
        var nova = new NovaRelay();
        var spec = nova.Prepare(await PublisherPlace.MakeAsync(nova, servers, database, cancellationToken));
        await using var relay = await ContenderProcess.StartAsync(spec with { Environment = new Dictionary<string, string>(spec.Environment) { ["NOVA_RELAY__MODE"] = "Polling" } }, cancellationToken);
        await UntilAsync(database, relay, waiting => waiting < rows, cancellationToken);
        var (started, first) = (TimeProvider.System.GetTimestamp(), await WaitingAsync(database, cancellationToken));
        await UntilAsync(database, relay, waiting => waiting == 0, cancellationToken);
        return (first / TimeProvider.System.GetElapsedTime(started).TotalSeconds, relay.Usage.Processor);
    }

    private static async Task UntilAsync(BenchDatabase database, ContenderProcess relay, Predicate<long> isReached, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look);
        while (!isReached(await WaitingAsync(database, cancellationToken)))
        {
            if (relay.HasExited) throw relay.Failed("The relay ended");
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>How many there are still; twice a second, so that counting costs the database little.</summary>
    private static async Task<long> WaitingAsync(BenchDatabase database, CancellationToken cancellationToken)
    {
        await using var command = database.DataSource.CreateCommand("SELECT count(*) FROM nova.outbox_queue");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
