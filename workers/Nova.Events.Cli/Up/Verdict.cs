using System.Globalization;
using Nova.Events.ClickHouse.Verification;
using Nova.Events.Cli.Verification;
using Nova.Events.Cli.Workload;
using Spectre.Console;

namespace Nova.Events.Cli.Up;

/// <summary>What a bounded run came to.</summary>
internal sealed record Verdict(
    HopSample Hops, Freshness Freshness, VerificationReport Report, LatencyDistribution ToKafka, LatencyDistribution? ToRow,
    long DeadLetters, WorkloadProgress Workload)
{
    /// <summary>Nothing missing, doubled or out of order; everything that was written arrived; readers are served from it.</summary>
    public bool Ok => Report.Ok && Report.Hops.All(hop => hop.OnTheWay == 0) && Hops.IsDrained && DeadLetters == 0 && Hops.HotPosts > 0 && Freshness.Filled;

    public void Print()
    {
        VerificationTable.Print(Report);
        var (missing, doubled, disorder) = (Report.Hops.Sum(hop => hop.Missing), Report.Hops.Sum(hop => hop.Doubled), Report.Hops.Sum(hop => hop.OutOfOrder));
        Line("this run", $"{Hops.Committed:N0} domain events committed, {Hops.Accepted:N0} client events accepted, {Hops.Published:N0} published, {Hops.DomainRows:N0} + {Hops.ClientRows:N0} rows in ClickHouse, {DeadLetters:N0} dead letters");
        if (Workload.Retried > 0) Line("workload", $"{Workload.Retried:N0} actions were tried again after a fault");
        Line("commit → Kafka", Quantiles(ToKafka));
        Line("commit → row", ToRow is null ? "unknown: the server does not track commit timestamps" : Quantiles(ToRow));
        Line("caches", $"hot list {Hops.HotPosts:N0} posts, {Hops.HotAge:0.0} s old; suggestions for {Freshness.Suggested} of {Freshness.Asked} users asked for");
        if (Hops.HotPosts is null or 0 || !Freshness.Filled) Line("not filled", "the hot list or suggestions are empty; does the cache projector build? See the logs");
        if (!Hops.IsDrained) Line("not drained", "not everything that was written is in ClickHouse; see the logs, or look again with nova verify");
        AnsiConsole.MarkupLine(Ok
            ? $"[green]VERDICT ok[/]: {missing} missing, {doubled} doubled, {disorder} out of order"
            : $"[red]VERDICT failed[/]: {missing} missing, {doubled} doubled, {disorder} out of order");
    }

    private static void Line(string what, string text) => Console.WriteLine($"{what,-15} {text}");

    private static string Quantiles(LatencyDistribution delays) =>
        delays.Count == 0 ? "no event" : string.Create(
            CultureInfo.InvariantCulture,
            $"P50 {Text(delays, 0.5)}  P95 {Text(delays, 0.95)}  P99 {Text(delays, 0.99)}  of {delays.Count:N0} events");

    private static string Text(LatencyDistribution delays, double quantile) => delays.Quantile(quantile) switch
    {
        null => "–",
        < 1 and var seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        { } seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
    };
}
