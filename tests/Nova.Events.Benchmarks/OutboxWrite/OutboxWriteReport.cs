using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.OutboxWrite;

/// <summary>Shows what <c>bench outbox-write</c> came to.</summary>
internal static class OutboxWriteReport
{
    public static void Print(OutboxWriteOptions options, IReadOnlyList<OutboxWriteResult> results)
    {
        var table = new ResultTable(["event"], ["transactions/s", "lowest – highest", "of those without"]);
        foreach (var result in results)
            table.Add(
                result.Name, Figures.Text(result.Rate, "N0"), Figures.Span(result.Rates, "N0"),
                Figures.Text(result.Rate / results[0].Rate, "0.00"));
        table.Print($"An insert and an update, each its own statement, and the commit, which takes the event along (last row: a statement before it); {options.Clients} clients; fsync on; median of {options.Slices} interleaved slices.");
    }

    public static JsonObject Json(OutboxWriteOptions options, IReadOnlyList<OutboxWriteResult> results)
    {
        var (none, table, tableLess, separate) = (results[0], results[1], results[2], results[3]);
        return new JsonObject
        {
            ["bench"] = "outbox-write",
            ["clients"] = options.Clients,
            ["slices"] = options.Slices,
            ["transactions_per_second"] = Figures.Whole(none.Rate),
            ["table_transactions_per_second"] = Figures.Whole(table.Rate),
            ["tableless_transactions_per_second"] = Figures.Whole(tableLess.Rate),
            ["table_ratio"] = Figures.Hundredths(table.Rate / none.Rate),
            ["tableless_ratio"] = Figures.Hundredths(tableLess.Rate / none.Rate),
            ["table_own_round_trip_ratio"] = Figures.Hundredths(separate.Rate / none.Rate),
        };
    }
}
