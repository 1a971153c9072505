using System.Globalization;
using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.Consuming;

/// <summary>Shows what <c>bench consume</c> came to.</summary>
internal static class ConsumeReport
{
    public static void Print(ConsumeOptions options, ConsumeResult result)
    {
        var table = new ResultTable(["how"], ["records/s", "lowest – highest", "of the best loop", "bytes a record", "processors"]);
        foreach (var way in result.Ways)
            table.Add(
                way.Name, Figures.Text(way.Rate, "N0"), Figures.Span(way.Runs.Select(run => run.Rate), "N0"),
                Figures.Text(way.Rate / result.Best, "P0"), Figures.Text(way.Bytes, "N0"), Figures.Text(way.Processors, "0.0"));
        table.Print(string.Create(CultureInfo.InvariantCulture, $"{options.Records:N0} records of about 190 B with key and three headers in {ConsumeTopic.Partitions} partitions, {options.Lanes} lanes, first to last, median of {options.Runs} interleaved runs; {result.BusyElsewhere:0.0} processors busy elsewhere, the broker among them."));
    }

    public static JsonObject Json(ConsumeOptions options, ConsumeResult result)
    {
        var json = new JsonObject
        {
            ["bench"] = "consume", ["records"] = options.Records, ["runs"] = options.Runs, ["lanes"] = options.Lanes,
            ["ratio"] = Figures.Hundredths(result.Ways[0].Rate / result.Best), ["busy_elsewhere"] = Figures.Tenths(result.BusyElsewhere),
        };
        foreach (var way in result.Ways) (json[$"{way.Key}_rate"], json[$"{way.Key}_bytes"]) = (Figures.Whole(way.Rate), Figures.Whole(way.Bytes));
        return json;
    }
}
