using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Measuring;
using Spectre.Console;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>Shows what <c>bench masstransit</c> came to.</summary>
internal static class CostReport
{
    public static void Print(CostOptions options, IReadOnlyList<Way> ways)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("what").AddColumn("how");
        foreach (var column in new[] { "µs a message", "lowest – highest", "×", "bytes a message", "×" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var way in ways)
        {
            var first = First(ways, way);
            var micros = way.Slices.Select(slice => slice.Microseconds).ToList();
            table.AddRow(
                way.Group, Markup.Escape(way.Name), Figures.Text(way.Microseconds, "N1"), $"{Figures.Text(micros.Min(), "N1")} – {Figures.Text(micros.Max(), "N1")}",
                Figures.Text(way.Microseconds / first.Microseconds, "0.00"), Figures.Text(way.Bytes, "N0"), Figures.Text(way.Bytes / first.Bytes, "0.00"));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"publish: 20 messages into a unit of work that is not saved. commit: a row and a message, saved, one client, synchronous_commit off. consume: records in memory, one thread. kafka: {options.Records:N0} records, 8 lanes, first to last. Median of {options.Slices} interleaved slices.");
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
