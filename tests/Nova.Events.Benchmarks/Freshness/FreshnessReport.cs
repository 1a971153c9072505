using System.Globalization;
using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Latency;
using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.Freshness;

/// <summary>What a load came to.</summary>
internal sealed record FreshnessResult(Load Load, LatencyRun Run);

/// <summary>Shows what <c>bench freshness</c> came to.</summary>
internal static class FreshnessReport
{
    private static readonly (string Title, double Quantile)[] Quantiles = [("P50", 0.5), ("P95", 0.95), ("P99", 0.99), ("longest", 1)];

    public static void Print(FreshnessOptions options, IReadOnlyList<FreshnessResult> results)
    {
        var table = new ResultTable(
            ["events/s", "events of a transaction"], [.. Quantiles.Select(quantile => quantile.Title), "events/s reached", "relay and sink, processors", "busy elsewhere"]);
        foreach (var (load, run) in results)
            table.Add([
                Figures.Text(load.Rate, "N0"), Figures.Text(load.Together, "N0"), .. Quantiles.Select(quantile => Figures.Text(run.Quantile(quantile.Quantile), "0 ms")),
                Figures.Text(run.Rate, "N0"), Figures.Text(run.Processor, "0.00"), Figures.Text(run.Strangers, "0.0")]);
        table.Print(string.Create(
            CultureInfo.InvariantCulture, $"Return of the commit to a row that a query sees, every event of {options.Duration.TotalSeconds:0} s; asked for every 50 ms."));
    }

    public static JsonObject Json(IReadOnlyList<FreshnessResult> results) => new()
    {
        ["bench"] = "freshness",
        ["loads"] = new JsonArray([.. results.Select(static result => (JsonNode)new JsonObject
        {
            ["rate"] = result.Load.Rate,
            ["events_of_a_transaction"] = result.Load.Together,
            ["reached_rate"] = Figures.Whole(result.Run.Rate),
            ["p50_ms"] = Figures.Whole(result.Run.Quantile(0.5)),
            ["p95_ms"] = Figures.Whole(result.Run.Quantile(0.95)),
            ["p99_ms"] = Figures.Whole(result.Run.Quantile(0.99)),
            ["max_ms"] = Figures.Whole(result.Run.Quantile(1)),
            ["processors_busy_elsewhere"] = Figures.Tenths(result.Run.Strangers),
        })]),
    };
}
