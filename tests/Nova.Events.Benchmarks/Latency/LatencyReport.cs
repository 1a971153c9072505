using System.Globalization;
using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.Latency;

/// <summary>Shows what <c>bench relay-latency</c> came to.</summary>
internal static class LatencyReport
{
    private static readonly (string Title, double Quantile)[] Quantiles = [("P50", 0.5), ("P95", 0.95), ("P99", 0.99), ("longest", 1)];

    public static void Print(LatencyOptions options, IReadOnlyList<LatencyResult> results)
    {
        var table = new ResultTable(["publisher"], [.. Quantiles.Select(quantile => quantile.Title), "commits/s reached", "processors used", "P50 ×", "P99 ×", "busy elsewhere"]);
        foreach (var result in results.Where(result => result.Skipped is null))
            table.Add([
                result.Name, .. Quantiles.Select(quantile => Figures.Text(result.Quantile(quantile.Quantile), "0.0 ms")), Figures.Text(result.Rate, "N0"), Figures.Text(result.Processor, "0.00"),
                Figures.Text(results[0].Quantile(0.5) / result.Quantile(0.5), "0.00"), Figures.Text(results[0].Quantile(0.99) / result.Quantile(0.99), "0.00"), Figures.Text(result.Strangers, "0.0")]);
        table.Print(
            string.Create(CultureInfo.InvariantCulture, $"Return of the commit to receipt, {options.Measured:N0} events a run, {options.Rate:N0} a second asked for; median of {options.Runs} interleaved runs; × is nova's figure divided by the row's."),
            results.Select(result => (result.Name, result.Skipped)));
    }

    /// <summary>One line; null where a publisher did not run.</summary>
    public static JsonObject Json(LatencyOptions options, IReadOnlyList<LatencyResult> results)
    {
        var (ours, debezium) = (results[0], results[1]);
        return new JsonObject
        {
            ["bench"] = "relay-latency",
            ["rate"] = options.Rate,
            ["events"] = options.Measured,
            ["runs"] = options.Runs,
            ["reached_rate"] = Figures.Tenths(ours.Rate),
            ["debezium_reached_rate"] = Figures.Tenths(debezium.Rate),
            ["p50_ms"] = Figures.Tenths(ours.Quantile(0.5)),
            ["p95_ms"] = Figures.Tenths(ours.Quantile(0.95)),
            ["p99_ms"] = Figures.Tenths(ours.Quantile(0.99)),
            ["max_ms"] = Figures.Tenths(ours.Quantile(1)),
            ["debezium_p50_ms"] = Figures.Tenths(debezium.Quantile(0.5)),
            ["debezium_p95_ms"] = Figures.Tenths(debezium.Quantile(0.95)),
            ["debezium_p99_ms"] = Figures.Tenths(debezium.Quantile(0.99)),
            ["debezium_max_ms"] = Figures.Tenths(debezium.Quantile(1)),
            ["p50_ratio"] = Figures.Hundredths(ours.Quantile(0.5) / debezium.Quantile(0.5)),
            ["p99_ratio"] = Figures.Hundredths(ours.Quantile(0.99) / debezium.Quantile(0.99)),
            ["processors"] = Figures.Hundredths(ours.Processor),
            ["debezium_processors"] = Figures.Hundredths(debezium.Processor),
            ["processors_busy_elsewhere"] = Figures.Tenths(results.Max(result => result.Strangers)),
        };
    }
}
