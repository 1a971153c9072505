using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>Shows what <c>bench masstransit</c> came to.</summary>
internal static class CostReport
{
    public static void Print(CostOptions options, IReadOnlyList<Way> ways)
    {
        var table = new ResultTable(["what", "how"], ["µs a message", "lowest – highest", "×", "bytes a message", "×"]);
        foreach (var way in ways)
        {
            var first = First(ways, way);
            table.Add(
                way.Group, way.Name, Figures.Text(way.Microseconds, "N1"), Figures.Span(way.Slices.Select(slice => slice.Microseconds), "N1"),
                Figures.Text(way.Microseconds / first.Microseconds, "0.00"), Figures.Text(way.Bytes, "N0"), Figures.Text(way.Bytes / first.Bytes, "0.00"));
        }

        table.Print($"publish: 20 messages into a unit of work that is not saved. commit: a row and a message, saved, one client, synchronous_commit off. consume: records in memory, one thread. kafka: {options.Records:N0} records, 8 lanes, first to last. Median of {options.Slices} interleaved slices.");
    }

    /// <summary>For each group its first way (<c>native</c>) and its last (<c>masstransit</c>).</summary>
    public static JsonObject Json(CostOptions options, IReadOnlyList<Way> ways)
    {
        var json = new JsonObject { ["bench"] = "masstransit", ["slices"] = options.Slices, ["records"] = options.Records };
        foreach (var group in ways.GroupBy(way => way.Group))
        {
            var (native, adapter) = (group.First(), group.Last());
            json[$"{group.Key}_native_us"] = Figures.Hundredths(native.Microseconds);
            json[$"{group.Key}_masstransit_us"] = Figures.Hundredths(adapter.Microseconds);
            json[$"{group.Key}_ratio"] = Figures.Hundredths(adapter.Microseconds / native.Microseconds);
            json[$"{group.Key}_native_bytes"] = Figures.Whole(native.Bytes);
            json[$"{group.Key}_masstransit_bytes"] = Figures.Whole(adapter.Bytes);
        }

        return json;
    }

    private static Way First(IReadOnlyList<Way> ways, Way way) => ways.First(other => other.Group == way.Group);
}
