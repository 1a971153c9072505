using System.Globalization;
using Nova.Events.Benchmarks.Servers;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>The same table, read by each contender in turn, again and again, while it is written to.</summary>
internal sealed class SnapshotBenchRun(SnapshotBenchOptions options)
{
    /// <summary>More updates than any run writes.</summary>
    private const long RevisionsOfARun = 10_000_000;

    /// <summary>Runs it; ours first.</summary>
    public async Task<IReadOnlyList<SnapshotResult>> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: false, keep: false, cancellationToken);
        await using var database = await BenchDatabase.OpenAsync(servers, "bench_snapshot", cancellationToken);
        Say.Line($"writing {options.Rows:N0} rows");
        await database.ExecuteAsync($"CALL bench.fill_articles({options.Rows})", cancellationToken);
        await database.ExecuteAsync("VACUUM ANALYZE bench.articles", cancellationToken);
        await database.ExecuteAsync("CHECKPOINT", cancellationToken);
        ISnapshotContender[] contenders = [new NovaSnapshot(), new DebeziumSnapshot(options.Debezium, options.Rows)];
        var all = contenders.Select(contender => (Contender: contender, Result: ResultOf(contender))).ToList();
        var revision = 1L;
        for (var number = 1; number <= options.Runs; number++)
            foreach (var (contender, result) in all.Where(entry => entry.Result.Skipped is null))
            {
                var run = await new SnapshotTrial(contender, options, servers, database).RunAsync(revision, cancellationToken);
                revision += RevisionsOfARun;
                Say.Line(string.Create(
                    CultureInfo.InvariantCulture,
                    $"run {number}, {result.Name}: {run.Rate:N0} rows/s ({run.WholeRate:N0} from the start), processor time {run.Used.Processor.TotalSeconds:0.0} s, {run.Delays.Count:N0} updates meanwhile P50 {run.Delay(0.5):0} ms P99 {run.Delay(0.99):0} ms, {run.Strangers:0.0} processors busy elsewhere"));
                result.Runs.Add(run);
            }

        return [.. all.Select(entry => entry.Result)];
    }

    private SnapshotResult ResultOf(ISnapshotContender contender) =>
        new(contender.Publisher.Name, options.Skip.Contains(contender.Publisher.Name) ? "--skip" : contender.Publisher.Missing);
}
