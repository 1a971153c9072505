using System.Globalization;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;

namespace Nova.Events.Benchmarks.Consuming;

/// <summary>A handler that does nothing in keyed lanes, beside bare loops over the same topic: one process, one after the other, interleaved.</summary>
internal sealed class ConsumeBench(ConsumeOptions options)
{
    public async Task<ConsumeResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: false, options.Keep, cancellationToken);
        var (kafka, topic) = (servers.Kafka, new ConsumeTopic(servers.Kafka, options.Records));
        await topic.EnsureAsync(cancellationToken);
        ConsumeWay[] ways =
        [
            new("nova", "handler in keyed lanes", () => LaneWay.RunAsync(kafka, topic, options)),
            new("bytes", "Consume: byte[], all fields", () => Task.Run(() => BareLoop.AllFields(kafka, topic, options.Records))),
            new("pooled", "Consume: pooled, fields none", () => Task.Run(() => BareLoop.Pooled(kafka, topic, options.Records))),
            new("ignored", "Consume: Ignore, fields none", () => Task.Run(() => BareLoop.Ignored(kafka, topic, options.Records))),
        ];
        ways = [.. ways.Where(way => !options.Skip.Contains(way.Key))];
        // Once beforehand, when everything is compiled and the log is in the page cache.
        foreach (var way in ways) await way.RunAsync();
        var strangers = new Strangers();
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var way in ways)
            {
                cancellationToken.ThrowIfCancellationRequested();
                GC.Collect();
                way.Runs.Add(await way.RunAsync());
                Say.Line(string.Create(CultureInfo.InvariantCulture, $"run {run} of {options.Runs}, {way.Name}: {way.Runs[^1].Rate:N0}/s, {way.Runs[^1].Bytes:N0} B, {way.Runs[^1].Processors:0.0} processors"));
            }
        }

        return new ConsumeResult(ways, strangers.Processors);
    }
}
