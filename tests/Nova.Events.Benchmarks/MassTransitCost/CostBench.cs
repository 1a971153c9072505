using System.Globalization;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;
using Npgsql;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>What MassTransit costs: publishing and consuming through it, beside the same with our own writer and handler, in one process.</summary>
internal sealed class CostBench(CostOptions options)
{
    /// <summary>A commit's wait for the disk is the same for both, a hundred times the difference, and another each time.</summary>
    private const string NotWaitingForTheDisk = "-c synchronous_commit=off";

    /// <summary>Runs it; every way with its slices.</summary>
    public async Task<IReadOnlyList<Way>> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: true, keep: false, cancellationToken);
        await using var database = await BenchDatabase.OpenAsync(servers, "bench_masstransit", cancellationToken);
        await database.ExecuteAsync("CREATE SCHEMA IF NOT EXISTS bench; CREATE TABLE bench.orders (id uuid PRIMARY KEY, text text NOT NULL)", cancellationToken);
        await using var undelayed = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxAutoPrepare = 30, Options = NotWaitingForTheDisk }.ConnectionString);
        await using var services = await CostService.StartAsync(undelayed);
        var (consume, kafka) = (new ConsumeWays(services, options.Slice), new KafkaWays(servers.Kafka, options.Records));
        await kafka.FillAsync(cancellationToken);
        List<Way> ways = [.. new PublishWays(services, options.Slice).All(), .. consume.All(), .. kafka.All(consume.Handlers)];
        // A slice of each beforehand, when everything is compiled.
        foreach (var way in ways) await way.SliceAsync();
        var strangers = new Strangers();
        for (var slice = 1; slice <= options.Slices; slice++)
        {
            foreach (var way in ways)
            {
                cancellationToken.ThrowIfCancellationRequested();
                way.Slices.Add(await way.SliceAsync());
            }
        }

        Say.Line(string.Create(CultureInfo.InvariantCulture, $"{options.Slices} slices of each, {strangers.Processors:0.0} processors busy elsewhere"));
        return ways;
    }
}
