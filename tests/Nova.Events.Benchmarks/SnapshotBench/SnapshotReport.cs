using System.Globalization;
using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>Shows what <c>bench snapshot</c> came to.</summary>
internal static class SnapshotReport
{
    private static readonly string[] Columns =
        ["rows/s", "lowest – highest", "from the start", "processor", "peak memory", "updates P50", "P99", "rows/s ×", "from the start ×", "processor ×", "busy elsewhere"];

    /// <summary>A row a contender; ratios are ours to theirs.</summary>
    public static void Print(SnapshotBenchOptions options, IReadOnlyList<SnapshotResult> results)
    {
        var ours = results[0];
        var table = new ResultTable(["contender"], Columns);
        foreach (var result in results.Where(result => result.Skipped is null))
            table.Add(
                result.Name, Figures.Text(result.Rate, "N0"), Figures.Span(result.Runs.Select(run => run.Rate), "N0"),
                Figures.Text(result.WholeRate, "N0"), Figures.Text(result.ProcessorSeconds, "0.0 s"), Figures.Text(result.PeakMegabytes, "0 MB"),
                Figures.Text(result.Delay(0.5), "0 ms"), Figures.Text(result.Delay(0.99), "0 ms"),
                Figures.Text(ours.Rate / result.Rate, "0.00"), Figures.Text(ours.WholeRate / result.WholeRate, "0.00"), Figures.Text(ours.ProcessorSeconds / result.ProcessorSeconds, "0.00"),
                Figures.Text(result.Strangers, "0.0"));
        table.Print(
            string.Create(CultureInfo.InvariantCulture, $"{options.Rows:N0} rows, {options.Rate:N0} updates/s by {SnapshotBenchOptions.Writers} writers meanwhile; median of {options.Runs} interleaved runs; × is nova's figure divided by the row's."),
            results.Select(result => (result.Name, result.Skipped)));
    }

    /// <summary>One line; null where a contender did not run.</summary>
    public static JsonObject Json(SnapshotBenchOptions options, IReadOnlyList<SnapshotResult> results)
    {
        var (ours, debezium) = (results[0], results[1]);
        return new JsonObject
        {
            ["bench"] = "snapshot",
            ["rows"] = options.Rows,
            ["updates_per_second"] = options.Rate,
            ["runs"] = options.Runs,
            ["rows_per_second"] = Figures.Whole(ours.Rate),
            ["rows_per_second_from_start"] = Figures.Whole(ours.WholeRate),
            ["debezium_rows_per_second"] = Figures.Whole(debezium.Rate),
            ["debezium_rows_per_second_from_start"] = Figures.Whole(debezium.WholeRate),
            ["ratio"] = Figures.Hundredths(ours.Rate / debezium.Rate),
            ["from_start_ratio"] = Figures.Hundredths(ours.WholeRate / debezium.WholeRate),
            ["update_p50_ms"] = Figures.Whole(ours.Delay(0.5)),
            ["update_p99_ms"] = Figures.Whole(ours.Delay(0.99)),
            ["debezium_update_p50_ms"] = Figures.Whole(debezium.Delay(0.5)),
            ["debezium_update_p99_ms"] = Figures.Whole(debezium.Delay(0.99)),
            ["cpu_seconds"] = Figures.Hundredths(ours.ProcessorSeconds),
            ["debezium_cpu_seconds"] = Figures.Hundredths(debezium.ProcessorSeconds),
            ["cpu_ratio"] = Figures.Hundredths(ours.ProcessorSeconds / debezium.ProcessorSeconds),
            ["rss_mb"] = Figures.Whole(ours.PeakMegabytes),
            ["debezium_rss_mb"] = Figures.Whole(debezium.PeakMegabytes),
            ["processors_busy_elsewhere"] = Figures.Tenths(results.Max(result => result.Strangers)),
        };
    }
}
