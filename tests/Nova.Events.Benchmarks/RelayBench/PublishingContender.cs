using System.Diagnostics;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.Benchmarks.Wal;

namespace Nova.Events.Benchmarks.RelayBench;

/// <summary>Runs a publisher into a topic of its own and watches the topic's end from outside, the same way for every publisher.</summary>
internal sealed class PublishingContender(IPublisher publisher, BenchServers servers) : IContender
{
    /// <summary>Events that are not part of the warm rate; a tenth where there are few.</summary>
    private const long WarmUpEvents = 30_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Afterwards = TimeSpan.FromMilliseconds(500);

    public string Name => publisher.Name;

    public string? Missing => publisher.Missing;

    public async Task<ContenderRun> RunAsync(PreparedWal wal, CancellationToken cancellationToken)
    {
        var place = await PublisherPlace.MakeAsync(publisher, servers, wal.Database, cancellationToken);
        await using var slot = await wal.CopySlotAsync(place.Name, cancellationToken);
        using var offsets = new EndOffsets(servers.Kafka, place.Topic, PublisherPlace.Partitions);
        await offsets.SumAsync();

        var strangers = new Strangers();
        var started = Stopwatch.GetTimestamp();
        await using var process = await ContenderProcess.StartAsync(publisher.Prepare(place), cancellationToken);
        var curve = await WatchAsync(process, offsets, wal.Content.Events, started, cancellationToken);
        var (used, walSender) = (process.Usage, ProcessUsage.OfTree(await slot.WalSenderAsync(cancellationToken) ?? 0).Processor);
        var others = strangers.Processors;
        await Task.Delay(Afterwards, cancellationToken);
        var events = wal.Content.Events;
        return new ContenderRun(
            curve.Rate(Math.Min(WarmUpEvents, events / 10), events), curve.Rate(1, events), curve.At(1), used, walSender, others, await offsets.SumAsync() - events);
    }

    /// <summary>Looks until all events are there.</summary>
    private async Task<PublishCurve> WatchAsync(ContenderProcess process, EndOffsets offsets, long events, long started, CancellationToken cancellationToken)
    {
        var curve = new PublishCurve();
        var progressed = TimeSpan.Zero;
        using var look = new PeriodicTimer(LookEvery);
        while (curve.Count < events)
        {
            await look.WaitForNextTickAsync(cancellationToken);
            var asked = Stopwatch.GetElapsedTime(started);
            var count = await offsets.SumAsync();
            var answered = Stopwatch.GetElapsedTime(started);
            if (count > curve.Count) progressed = answered;
            curve.Add(asked + ((answered - asked) / 2), count);
            if (process.HasExited) throw process.Failed($"{Name} ended after {count:N0} of {events:N0} events");
            if (answered - progressed > Patience) throw process.Failed($"{Name} published nothing for {Patience.TotalSeconds:0} s, after {count:N0} of {events:N0} events");
        }

        return curve;
    }
}
