using System.Diagnostics;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>One snapshot of one contender into a topic of its own, while rows are updated; what the topic holds is then read, and held against the table.</summary>
internal sealed class SnapshotTrial(ISnapshotContender contender, SnapshotBenchOptions options, BenchServers servers, BenchDatabase database)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestSnapshot = TimeSpan.FromMinutes(8);

    /// <summary>Runs it.</summary>
    /// <param name="firstRevision">The first revision that updates write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">It does not come to an end, or a row or an update is missing.</exception>
    public async Task<SnapshotRun> RunAsync(long firstRevision, CancellationToken cancellationToken)
    {
        var place = await PublisherPlace.MakeAsync(contender.Publisher, servers, database, cancellationToken);
        await AppendTimes.AskForAsync(place);
        await using var slot = RunSlot.Of(database, place.Name);
        await contender.PrepareAsync(database, place, cancellationToken);
        var updates = new SteadyUpdates(database.DataSource, options.Rows, options.Rate, firstRevision);
        using var written = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var strangers = new Strangers();
        var started = TimeProvider.System.GetUtcNow().UtcDateTime;
        await using var process = await ContenderProcess.StartAsync(contender.Publisher.Prepare(place), cancellationToken);
        var writing = updates.RunAsync(SnapshotBenchOptions.Writers, written.Token);
        try
        {
            await UntilDoneAsync(process, place, cancellationToken);
        }
        finally
        {
            await written.CancelAsync();
            await writing;
        }

        var (used, busy) = (process.Usage, strangers.Processors);
        var reading = new CapturedReading(place, options.Rows);
        reading.ReadAll(updates.Committed);
        return Run(reading, updates, started, used, busy);
    }

    /// <summary>Returns once all rows are in the topic.</summary>
    private async Task UntilDoneAsync(ContenderProcess process, PublisherPlace place, CancellationToken cancellationToken)
    {
        using var offsets = new EndOffsets(servers.Kafka, place.Topic, PublisherPlace.Partitions);
        var started = Stopwatch.GetTimestamp();
        var (records, progressed) = (0L, started);
        using var look = new PeriodicTimer(LookEvery);
        while (await look.WaitForNextTickAsync(cancellationToken))
        {
            var now = await offsets.SumAsync();
            if (now > records) progressed = Stopwatch.GetTimestamp();
            records = now;
            if (await contender.IsDoneAsync(database, records, cancellationToken)) return;
            if (process.HasExited) throw process.Failed($"{contender.Publisher.Name} ended after {records:N0} records");
            if (Stopwatch.GetElapsedTime(progressed) > Patience) throw process.Failed($"{contender.Publisher.Name} published nothing for {Patience.TotalSeconds:0} s, after {records:N0} records");
            if (Stopwatch.GetElapsedTime(started) > LongestSnapshot) throw process.Failed($"{contender.Publisher.Name} read the table for {LongestSnapshot.TotalMinutes:0} minutes");
        }
    }

    private static SnapshotRun Run(CapturedReading reading, SteadyUpdates updates, DateTime started, ProcessUsage used, double strangers)
    {
        var meanwhile = updates.Committed.Where(update => update.Value >= reading.First && update.Value <= reading.Last).ToList();
        return new SnapshotRun(
            reading.Reads / (reading.Last - reading.First).TotalSeconds, reading.Reads / (reading.Last - started).TotalSeconds, used,
            [.. meanwhile.Select(update => TimeSpan.FromTicks(Math.Max(0, (reading.Updates[update.Key] - update.Value).Ticks))).Order()], strangers);
    }
}
