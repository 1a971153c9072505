using System.Diagnostics;
using System.Globalization;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Latency;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.Benchmarks.SinkBench;
using Nova.Events.ClickHouse;
using Nova.Events.Cli.Commands;
using Nova.Events.LocalStack;

namespace Nova.Events.Benchmarks.Freshness;

/// <summary>Steady commits while relay and sink are live; every event's way from the writer's commit to a row that a query sees.</summary>
internal sealed class FreshnessBench(FreshnessOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    public async Task<IReadOnlyList<FreshnessResult>> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: true, keep: false, cancellationToken, ServerKind.Postgres, ServerKind.Kafka, ServerKind.ClickHouse);
        await using var database = await BenchDatabase.OpenAsync(servers, "bench_freshness", cancellationToken);
        var results = new List<FreshnessResult>();
        foreach (var load in options.Loads)
        {
            var run = await RunOneAsync(load, servers, database, cancellationToken);
            Say.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{load.Rate:N0} events/s in transactions of {load.Together}: P50 {run.Quantile(0.5):0} ms, P95 {run.Quantile(0.95):0} ms, P99 {run.Quantile(0.99):0} ms at {run.Rate:N0} events/s, {run.Strangers:0.0} processors busy elsewhere"));
            results.Add(new FreshnessResult(load, run));
        }

        return results;
    }

    private async Task<LatencyRun> RunOneAsync(Load load, BenchServers servers, BenchDatabase database, CancellationToken cancellationToken)
    {
        var relay = new NovaRelay();
        var place = await PublisherPlace.MakeAsync(relay, servers, database, cancellationToken);
        using var client = new ClickHouseClient(new ClickHouseOptions { Url = servers.ClickHouseUrl, Database = place.Name });
        await new Events.ClickHouse.Schema.SchemaMigrator(client).UpAsync(cancellationToken);
        await using var slot = await RunSlot.CreateAsync(database, place.Name, cancellationToken);
        await using var relaying = await ContenderProcess.StartAsync(relay.Prepare(place), cancellationToken);
        await using var sinking = await ContenderProcess.StartAsync(Sink(place, servers), cancellationToken);
        return await MeasureAsync(load, client, database, [relaying, sinking], cancellationToken);
    }

    private async Task<LatencyRun> MeasureAsync(Load load, ClickHouseClient client, BenchDatabase database, ContenderProcess[] roles, CancellationToken cancellationToken)
    {
        var (before, measured) = ((int)(load.Rate * options.WarmUp.TotalSeconds), (int)(load.Rate * options.Duration.TotalSeconds));
        // One more: the first event says when both are live.
        var ledger = new EventLedger(1 + before + measured);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var looking = new VisibleRows(client, ledger).RunAsync(ended.Token);
        try
        {
            await new SteadyWriters(database.DataSource, ledger, load.Rate).RunAsync(1, 1, cancellationToken);
            await UntilVisibleAsync(1, ledger, looking, roles, cancellationToken);
            var writers = new SteadyWriters(database.DataSource, ledger, load.Rate, load.Together, first: 1);
            await writers.RunAsync(before, options.Clients, cancellationToken);
            await UntilVisibleAsync(1 + before, ledger, looking, roles, cancellationToken);
            var (started, strangers, used) = (Stopwatch.GetTimestamp(), new Strangers(), Used(roles));
            await writers.RunAsync(measured, options.Clients, cancellationToken);
            await UntilVisibleAsync(ledger.Events, ledger, looking, roles, cancellationToken);
            var share = (Used(roles) - used) / Stopwatch.GetElapsedTime(started);
            return new LatencyRun([.. ledger.Latencies(1 + before, measured).Order()], ledger.Rate(1 + before, measured), share, strangers.Processors);
        }
        finally
        {
            await ended.CancelAsync();
            await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static LocalStack.Processes.ProcessSpec Sink(PublisherPlace place, BenchServers servers) => NovaSink.Spec(
        servers.ContenderFolder(place.Name + "_sink"), servers.Kafka.BootstrapServers, servers.ClickHouseUrl, place.Name, place.Topic, ("DOMAINTOPICPREFIX", place.TopicPrefix));

    private static TimeSpan Used(IEnumerable<ContenderProcess> roles) => TimeSpan.FromSeconds(roles.Sum(static role => role.Usage.Processor.TotalSeconds));

    private static async Task UntilVisibleAsync(int events, EventLedger ledger, Task looking, ContenderProcess[] roles, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(LookEvery);
        while (ledger.Received < events)
        {
            await look.WaitForNextTickAsync(cancellationToken);
            if (looking.IsFaulted) await looking;
            var ended = Array.Find(roles, static role => role.HasExited);
            if (ended is not null || Stopwatch.GetElapsedTime(started) > Patience)
                throw (ended ?? roles[^1]).Failed($"Only {ledger.Received:N0} of {events:N0} events became visible");
        }
    }
}
