using System.Globalization;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.LocalStack;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>The same topic through each contender in turn, again and again.</summary>
internal sealed class SinkBenchRun(SinkBenchOptions options)
{
    /// <summary>Runs it; ours first.</summary>
    public async Task<IReadOnlyList<SinkResult>> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: true, options.Keep, cancellationToken, ServerKind.ClickHouse, ServerKind.Kafka);
        var topic = new ClientEventTopic(servers.Kafka, options.Events, options.Repeats);
        await topic.FillAsync(cancellationToken);
        ISinkContender[] contenders =
        [
            new NovaSink("nova"), new NovaSink("nova at least once", ("DELIVERY", "AtLeastOnce")), new NovaSink("nova repeats kept", ("EVENTIDWINDOW", "0")),
            new KafkaEngine(options.Consumers),
        ];
        var all = contenders.Select(contender => (Contender: contender, Result: new SinkResult(contender.Name, options.Skip.Contains(contender.Name) ? "--skip" : null))).ToList();
        for (var number = 1; number <= options.Runs; number++)
            foreach (var (contender, result) in all.Where(entry => entry.Result.Skipped is null))
            {
                var run = await new SinkTrial(contender, servers, topic).RunAsync(cancellationToken);
                Say.Line(string.Create(
                    CultureInfo.InvariantCulture,
                    $"run {number}, {result.Name}: {run.Rate:N0} rows/s ({run.WholeRate:N0} from the start), processor time {run.Used.Processor.TotalSeconds:0.0} s own, {run.ClickHouse.TotalSeconds:0.0} s ClickHouse, {run.Kafka.TotalSeconds:0.0} s Kafka, {run.Used.PeakBytes / 1e6:0} MB, {run.Strangers:0.0} processors busy elsewhere"));
                result.Runs.Add(run);
            }

        return [.. all.Select(entry => entry.Result)];
    }
}
