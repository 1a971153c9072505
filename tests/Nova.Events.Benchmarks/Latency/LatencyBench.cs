using System.Diagnostics;
using System.Globalization;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;

namespace Nova.Events.Benchmarks.Latency;

/// <summary>Steady commits while a publisher is live; every event's way from the writer's commit to one and the same consumer.</summary>
internal sealed class LatencyBench(LatencyOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs it; ours first.</summary>
    public async Task<IReadOnlyList<LatencyResult>> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: true, keep: false, cancellationToken);
        await using var database = await BenchDatabase.OpenAsync(servers, "bench_latency", cancellationToken);
        IPublisher[] publishers = [new NovaRelay(), new Debezium(options.DebeziumHeap)];
        var all = publishers.Select(publisher => (Publisher: publisher, Result: new LatencyResult(publisher.Name, options.Skip.Contains(publisher.Name) ? "--skip" : publisher.Missing))).ToList();
        for (var number = 1; number <= options.Runs; number++)
            foreach (var (publisher, result) in all.Where(entry => entry.Result.Skipped is null))
            {
                var run = await RunOneAsync(publisher, servers, database, cancellationToken);
                Say.Line(string.Create(CultureInfo.InvariantCulture, $"run {number}, {publisher.Name}: P50 {run.Quantile(0.5):0.0} ms, P99 {run.Quantile(0.99):0.0} ms at {run.Rate:N0} commits/s, {run.Strangers:0.0} processors busy elsewhere"));
                result.Runs.Add(run);
            }

        return [.. all.Select(entry => entry.Result)];
    }

    private async Task<LatencyRun> RunOneAsync(IPublisher publisher, BenchServers servers, BenchDatabase database, CancellationToken cancellationToken)
    {
        // One more: the first event says when the publisher is live.
        var ledger = new EventLedger(1 + options.Before + options.Measured);
        var place = await PublisherPlace.MakeAsync(publisher, servers, database, cancellationToken);
        await using var slot = await RunSlot.CreateAsync(database, place.Name, cancellationToken);
        await using var process = await ContenderProcess.StartAsync(publisher.Prepare(place), cancellationToken);
        using var consumer = new ReceivingConsumer(place, ledger);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = consumer.RunAsync(ended.Token);
        try
        {
            var writers = new SteadyWriters(database.DataSource, ledger, options.Rate);
            await writers.RunAsync(1, 1, cancellationToken);
            await UntilReceivedAsync(1, ledger, process, cancellationToken);
            // What the warm-up left behind must not be caught up while it is measured.
            await writers.RunAsync(options.Before, options.Clients, cancellationToken);
            await UntilReceivedAsync(1 + options.Before, ledger, process, cancellationToken);
            var (used, started, strangers) = (process.Usage.Processor, Stopwatch.GetTimestamp(), new Strangers());
            await writers.RunAsync(options.Measured, options.Clients, cancellationToken);
            await UntilReceivedAsync(ledger.Events, ledger, process, cancellationToken);
            var share = (process.Usage.Processor - used) / Stopwatch.GetElapsedTime(started);
            return new LatencyRun([.. ledger.Latencies(1 + options.Before, options.Measured).Order()], ledger.Rate(1 + options.Before, options.Measured), share, strangers.Processors);
        }
        finally
        {
            await ended.CancelAsync();
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task UntilReceivedAsync(int events, EventLedger ledger, ContenderProcess process, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(LookEvery);
        while (ledger.Received < events)
        {
            await look.WaitForNextTickAsync(cancellationToken);
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > Patience) throw process.Failed($"Only {ledger.Received:N0} of {events:N0} events came");
        }
    }
}
