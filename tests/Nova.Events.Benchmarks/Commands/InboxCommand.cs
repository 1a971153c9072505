using System.CommandLine;
using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.InboxRate;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench inbox</c>: how fast what is in Kafka comes into PostgreSQL, exactly once.</summary>
internal static class InboxCommand
{
    public static Command Create()
    {
        var records = BenchOptions.Positive("--records", "Records that are consumed in each run.", 60_000);
        var runs = BenchOptions.Positive("--runs", "Runs of each way, interleaved; the median counts.", 3);
        var json = BenchOptions.Json();
        var command = new Command("inbox", "Records through a handler that inserts one row each, in batches and in a transaction for each record.") { records, runs, json };
        command.SetAction((parsed, stop) => RunAsync(new InboxBench(parsed.GetValue(records), parsed.GetValue(runs)), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(InboxBench bench, bool json, CancellationToken stop)
    {
        var result = await bench.RunAsync(stop);
        Console.WriteLine(json
            ? new JsonObject { ["bench"] = "inbox", ["records_per_second"] = result.Batched, ["single_records_per_second"] = result.Single, ["ratio"] = result.Batched / result.Single }.ToJsonString()
            : FormattableString.Invariant($"in batches {result.Batched:N0} records/s, in a transaction each {result.Single:N0} ({result.Batched / result.Single:N1} times)"));
        return ExitCodes.Success;
    }
}
