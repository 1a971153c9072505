using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Benchmarks.Consuming;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox;
using Nova.Events.Inbox.Consuming;
using Nova.Events.Inbox.Storing;
using Npgsql;

namespace Nova.Events.Benchmarks.InboxRate;

/// <summary>What <c>bench inbox</c> measured: records a second with batches, and with a transaction for each record.</summary>
internal sealed record InboxResult(double Batched, double Single);

/// <summary>A handler that inserts one row a record, over the same topic, in new groups: medians of interleaved runs.</summary>
internal sealed class InboxBench(int records, int runs)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public async Task<InboxResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: true, keep: false, cancellationToken);
        await using var database = await BenchDatabase.OpenAsync(servers, "inbox", cancellationToken);
        await database.ExecuteAsync("CREATE TABLE booked (topic_offset bigint NOT NULL, partition int NOT NULL, size int NOT NULL)", cancellationToken);
        var topic = new ConsumeTopic(servers.Kafka, records);
        await topic.EnsureAsync(cancellationToken);
        var (batched, single) = (new List<double>(), new List<double>());
        // Once beforehand, when everything is compiled and the log is in the page cache.
        await RunAsync(servers, database, topic, new InboxConsumerOptions().BatchRecords, cancellationToken);
        for (var run = 0; run < runs; run++)
        {
            batched.Add(await RunAsync(servers, database, topic, new InboxConsumerOptions().BatchRecords, cancellationToken));
            single.Add(await RunAsync(servers, database, topic, 1, cancellationToken));
        }

        return new InboxResult(Median(batched), Median(single));
    }

    private async Task<double> RunAsync(BenchServers servers, BenchDatabase database, ConsumeTopic topic, int batchRecords, CancellationToken cancellationToken)
    {
        var options = new InboxConsumerOptions { Group = $"bench-{Guid.CreateVersion7():n}", BatchRecords = batchRecords, ReadRetryTopic = false, Topics = { topic.Name } };
        var (handler, stop) = (new Booking(), new CancellationTokenSource());
        using var _ = stop;
        var inbox = new PostgresInbox(token => NpgsqlWork.OpenAsync(database.DataSource, handler, token), options.TransactionTimeout);
        var running = new InboxConsumer(options, servers.Kafka, inbox, NullLogger.Instance, TimeProvider.System).RunAsync(stop.Token);
        using var look = new PeriodicTimer(Look);
        while (await AppliedAsync(database, options.Group, cancellationToken) < records && !running.IsCompleted) await look.WaitForNextTickAsync(cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(handler.First);
        await stop.CancelAsync();
        await running;
        await using var count = database.DataSource.CreateCommand("WITH gone AS (DELETE FROM booked RETURNING 1) SELECT count(*) FROM gone");
        var booked = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        return booked == records ? records / elapsed.TotalSeconds : throw new InvalidOperationException($"{booked} rows were booked, not {records}.");
    }

    private static async Task<long> AppliedAsync(BenchDatabase database, string group, CancellationToken cancellationToken)
    {
        await using var command = database.DataSource.CreateCommand("SELECT coalesce(sum(next_offset), 0)::bigint FROM nova.inbox WHERE consumer_group = $1");
        command.Parameters.Add(new() { Value = group });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class Booking : IInboxHandler
    {
        private long _first;

        /// <summary>When the first record came.</summary>
        public long First => Volatile.Read(ref _first);

        public async ValueTask<Outcome> HandleAsync(RecordView record, NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            if (First == 0) Interlocked.CompareExchange(ref _first, TimeProvider.System.GetTimestamp(), 0);
            await using var insert = new NpgsqlCommand("INSERT INTO booked VALUES ($1, $2, $3)", transaction.Connection, transaction)
            {
                Parameters = { new() { Value = record.Offset }, new() { Value = record.Partition }, new() { Value = record.Value.Length } },
            };
            await insert.ExecuteNonQueryAsync(cancellationToken);
            return Outcome.Handled;
        }
    }
}
