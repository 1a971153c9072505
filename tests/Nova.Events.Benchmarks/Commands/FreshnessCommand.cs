using System.CommandLine;
using Nova.Events.Benchmarks.Freshness;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench freshness</c>: how old a row is when a query first sees it, from the commit on, through relay, Kafka and sink.</summary>
internal static class FreshnessCommand
{
    /// <summary>2,000 a second one by one; 20,000 a second ten in a transaction: the database commits no more than some thousand transactions here.</summary>
    private static readonly Load[] Loads = [new(2_000, 1), new(20_000, 10)];

    public static Command Create()
    {
        var rate = new Option<int?>("--rate") { Description = "Events a second. Default: 2,000, then 20,000." };
        var together = BenchOptions.Positive("--transaction-rows", "Events of one transaction, with --rate.", 1);
        var duration = BenchOptions.Duration("--for", "How long each rate is measured.", TimeSpan.FromSeconds(20));
        var warmUp = BenchOptions.Duration("--warm-up", "How long it runs before.", TimeSpan.FromSeconds(10));
        var clients = BenchOptions.Positive("--clients", "Connections that write.", 8);
        var json = BenchOptions.Json();
        var command = new Command("freshness", "Steady commits through relay, Kafka and sink: how long until a query sees the row.") { rate, together, duration, warmUp, clients, json };
        command.SetAction((parsed, stop) => RunAsync(
            new FreshnessOptions(
                parsed.GetValue(rate) is { } asked ? [new Load(asked, parsed.GetValue(together))] : Loads, parsed.GetValue(duration), parsed.GetValue(warmUp), parsed.GetValue(clients)),
            parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(FreshnessOptions options, bool json, CancellationToken stop)
    {
        var results = await new FreshnessBench(options).RunAsync(stop);
        if (json) Console.WriteLine(FreshnessReport.Json(results).ToJsonString());
        else FreshnessReport.Print(options, results);
        return ExitCodes.Success;
    }
}
