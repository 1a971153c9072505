using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Wal;

namespace Nova.Events.Benchmarks.RelayBench;

/// <summary>Shows what <c>bench relay</c> came to.</summary>
internal static class RelayReport
{
    private static readonly string[] Columns =
        ["events/s warm", "lowest – highest", "events/s cold", "first after", "processor", "walsender", "peak memory", "warm ×", "cold ×", "processor ×", "busy elsewhere"];

    /// <summary>A row a contender; ratios are ours to theirs.</summary>
    public static void Print(RelayBenchOptions options, IReadOnlyList<ContenderResult> results)
    {
        var ours = results[0];
        var table = new ResultTable(["contender"], Columns);
        foreach (var result in results.Where(result => result.Skipped is null))
            table.Add(
                Title(result, results), Figures.Text(result.Warm, "N0"), Figures.Span(result.Runs.Select(run => run.Warm), "N0"),
                Figures.Text(result.Cold, "N0"), Figures.Text(result.StartSeconds, "0.0 s"), Figures.Text(result.ProcessorSeconds, "0.0 s"), Figures.Text(result.WalSenderSeconds, "0.0 s"),
                Figures.Text(result.PeakMegabytes, "0 MB"), Figures.Text(ours.Warm / result.Warm, "0.00"), Figures.Text(ours.Cold / result.Cold, "0.00"), Figures.Text(ours.ProcessorSeconds / result.ProcessorSeconds, "0.00"),
                Figures.Text(result.Strangers, "0.0"));
        table.Print(
            $"{options.Content.Events:N0} events, {options.Content.EventsEach:N0} in a transaction; median of {options.Runs} interleaved runs; × is nova's figure divided by the row's.",
            results.Select(result => (result.Name, result.Skipped)));
    }

    /// <summary>One line; null where a contender did not run.</summary>
    public static JsonObject Json(RelayBenchOptions options, IReadOnlyList<ContenderResult> results)
    {
        var ours = results[0];
        var debezium = results.SingleOrDefault(result => result.Name == "debezium");
        var reader = results.Single(result => result.Name == "pg_recvlogical");
        var json = new JsonObject
        {
            ["bench"] = options.Content.Kind == WalKind.Updates ? "capture" : "relay",
            ["rows"] = options.Content.Events,
            ["transaction_rows"] = options.Content.EventsEach,
            ["runs"] = options.Runs,
            ["events_per_second"] = Figures.Whole(ours.Warm),
            ["cold_events_per_second"] = Figures.Whole(ours.Cold),
            ["debezium_events_per_second"] = Figures.Whole(debezium?.Warm),
            ["debezium_cold_events_per_second"] = Figures.Whole(debezium?.Cold),
            ["ratio"] = Figures.Hundredths(ours.Warm / debezium?.Warm),
            ["cold_ratio"] = Figures.Hundredths(ours.Cold / debezium?.Cold),
            ["pg_recvlogical_events_per_second"] = Figures.Whole(reader.Warm),
            ["pg_recvlogical_ratio"] = Figures.Hundredths(ours.Warm / reader.Warm),
            ["start_seconds"] = Figures.Hundredths(ours.StartSeconds),
            ["debezium_start_seconds"] = Figures.Hundredths(debezium?.StartSeconds),
            ["cpu_seconds"] = Figures.Hundredths(ours.ProcessorSeconds),
            ["debezium_cpu_seconds"] = Figures.Hundredths(debezium?.ProcessorSeconds),
            ["cpu_ratio"] = Figures.Hundredths(ours.ProcessorSeconds / debezium?.ProcessorSeconds),
            ["walsender_cpu_seconds"] = Figures.Hundredths(ours.WalSenderSeconds),
            ["debezium_walsender_cpu_seconds"] = Figures.Hundredths(debezium?.WalSenderSeconds),
            ["rss_mb"] = Figures.Whole(ours.PeakMegabytes),
            ["debezium_rss_mb"] = Figures.Whole(debezium?.PeakMegabytes),
        };
        json["processors_busy_elsewhere"] = Figures.Tenths(results.Max(result => result.Strangers));
        if (options.Content.Kind == WalKind.Messages) AddTable(json, ours, results[1]);
        return json;
    }

    private static void AddTable(JsonObject json, ContenderResult ours, ContenderResult rows)
    {
        json["table_less"] = true;
        json["table_events_per_second"] = Figures.Whole(rows.Warm);
        json["table_cold_events_per_second"] = Figures.Whole(rows.Cold);
        json["table_ratio"] = Figures.Hundredths(ours.Warm / rows.Warm);
    }

    private static string Title(ContenderResult result, IReadOnlyList<ContenderResult> results) =>
        results.Any(other => other.Kind == WalKind.Messages) ? $"{result.Name}, {(result.Kind == WalKind.Messages ? "table-less" : "table")}" : result.Name;
}
