using System.Globalization;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.Benchmarks.Wal;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.RelayBench;

/// <summary>The same events, already in the WAL, through each contender in turn, again and again.</summary>
internal sealed class RelayBenchRun(RelayBenchOptions options)
{
    /// <summary>Runs it; the contenders in the order in which they ran.</summary>
    /// <exception cref="CommandException">A contender failed, or its topics do not hold what was written.</exception>
    public async Task<IReadOnlyList<ContenderResult>> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: false, options.Keep, cancellationToken);
        await using var wal = await PreparedWal.CreateAsync(servers, options.Content, cancellationToken);
        // What table-less gains is seen against the same events as rows.
        await using var rows = options.Content.Kind == WalKind.Messages ? await PreparedWal.CreateAsync(servers, options.Content with { Kind = WalKind.Rows }, cancellationToken) : null;
        var (ours, debezium) = Publishers();
        var relay = new PublishingContender(ours, servers);
        List<(IContender Contender, PreparedWal Wal, ContenderResult Result)> all = [Entry(relay, wal)];
        all.Add(rows is null ? Entry(new PublishingContender(debezium, servers), wal) : Entry(relay, rows));
        all.Add(Entry(new PgRecvLogical(servers), wal));
        for (var run = 1; run <= options.Runs; run++)
            foreach (var (contender, read, result) in all.Where(entry => entry.Result.Skipped is null)) await RunOneAsync(contender, read, result, run, cancellationToken);
        return [.. all.Select(entry => entry.Result)];
    }

    private (IPublisher Ours, IPublisher Debezium) Publishers() => options.Content.Kind == WalKind.Updates
        ? (new NovaCapture(), new DebeziumCapture(options.Debezium, reads: false)) : (new NovaRelay(), new Debezium(options.Debezium.Heap));

    private (IContender, PreparedWal, ContenderResult) Entry(IContender contender, PreparedWal wal) =>
        (contender, wal, new ContenderResult(contender.Name, wal.Content.Kind, options.Skip.Contains(contender.Name) ? "--skip" : contender.Missing));

    private static async Task RunOneAsync(IContender contender, PreparedWal wal, ContenderResult result, int number, CancellationToken cancellationToken)
    {
        var run = await contender.RunAsync(wal, cancellationToken);
        Say.Line(string.Create(CultureInfo.InvariantCulture, $"run {number}, {contender.Name}: {run.Warm:N0} events/s, processor time {run.Used.Processor.TotalSeconds:0.0} s, {run.Strangers:0.0} processors busy elsewhere"));
        if (run.Repeats != 0)
            throw new CommandException($"{contender.Name} published {run.Repeats:N0} records beyond the {wal.Content.Events:N0} events. A figure for it would say nothing.");
        result.Runs.Add(run);
    }
}
