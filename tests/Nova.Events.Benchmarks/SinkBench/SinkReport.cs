using System.Globalization;
using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>Shows what <c>bench sink</c> came to.</summary>
internal static class SinkReport
{
    private static readonly string[] Columns =
        ["rows/s", "lowest – highest", "from the start", "processor, all", "of it own", "of it ClickHouse", "peak memory", "rows/s ×", "processor ×", "busy elsewhere"];

    /// <summary>A row a contender; ratios are ours to theirs.</summary>
    public static void Print(SinkBenchOptions options, IReadOnlyList<SinkResult> results)
    {
        var ours = results[0];
        var table = new ResultTable(["contender"], Columns);
        foreach (var result in results.Where(result => result.Skipped is null))
            table.Add(
                result.Name, Figures.Text(result.Rate, "N0"), Figures.Span(result.Runs.Select(run => run.Rate), "N0"),
                Figures.Text(result.WholeRate, "N0"), Figures.Text(result.ProcessorSeconds, "0.0 s"), Figures.Text(result.OwnSeconds, "0.0 s"), Figures.Text(result.ClickHouseSeconds, "0.0 s"),
                Figures.Text(result.PeakMegabytes, "0 MB"), Figures.Text(ours.Rate / result.Rate, "0.00"), Figures.Text(ours.ProcessorSeconds / result.ProcessorSeconds, "0.00"),
                Figures.Text(result.Strangers, "0.0"));
        table.Print(
            string.Create(CultureInfo.InvariantCulture, $"{options.Events:N0} client events ({options.Repeats} % of them repeats) in {ClientEventTopic.Partitions} partitions, to events_raw and its view; median of {options.Runs} interleaved runs; × is nova's figure divided by the row's."),
            results.Select(result => (result.Name, result.Skipped)));
    }

    /// <summary>One line; null where a contender did not run.</summary>
    public static JsonObject Json(SinkBenchOptions options, IReadOnlyList<SinkResult> results)
    {
        var (ours, unsafely, engine) = (results[0], results[1], results[^1]);
        return new JsonObject
        {
            ["bench"] = "sink",
            ["events"] = options.Events,
            ["repeats_percent"] = options.Repeats,
            ["runs"] = options.Runs,
            ["rows_per_second"] = Figures.Whole(ours.Rate),
            ["rows_per_second_from_start"] = Figures.Whole(ours.WholeRate),
            ["kafka_engine_rows_per_second"] = Figures.Whole(engine.Rate),
            ["ratio"] = Figures.Hundredths(ours.Rate / engine.Rate),
            ["cpu_seconds"] = Figures.Hundredths(ours.ProcessorSeconds),
            ["kafka_engine_cpu_seconds"] = Figures.Hundredths(engine.ProcessorSeconds),
            ["cpu_ratio"] = Figures.Hundredths(ours.ProcessorSeconds / engine.ProcessorSeconds),
            ["at_least_once_rows_per_second"] = Figures.Whole(unsafely.Rate),
            ["exactly_once_rate_ratio"] = Figures.Hundredths(ours.Rate / unsafely.Rate),
            ["exactly_once_cpu_ratio"] = Figures.Hundredths(ours.ProcessorSeconds / unsafely.ProcessorSeconds),
            ["rss_mb"] = Figures.Whole(ours.PeakMegabytes),
            ["processors_busy_elsewhere"] = Figures.Tenths(results.Max(result => result.Strangers)),
        };
    }
}
