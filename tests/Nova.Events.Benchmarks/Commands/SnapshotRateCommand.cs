using System.CommandLine;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.SnapshotBench;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench snapshot</c>: how fast the rows of a captured table come to Kafka while they change, and how long changes wait meanwhile.</summary>
internal static class SnapshotRateCommand
{
    public static Command Create()
    {
        var rows = BenchOptions.Positive("--rows", "Rows of the table.", 1_000_000);
        var rate = BenchOptions.Positive("--updates", "Updates a second meanwhile.", 500);
        var runs = BenchOptions.Positive("--runs", "Runs of each contender, interleaved; the median counts.", 3);
        var skip = BenchOptions.Skip("debezium");
        var heap = BenchOptions.DebeziumHeap();
        var inFlight = BenchOptions.DebeziumInFlight();
        var threads = BenchOptions.Positive("--debezium-threads", "Threads with which Debezium reads.", 1);
        var json = BenchOptions.Json();
        var command = new Command("snapshot", "The rows of a captured table while it is written to: the relay's snapshot, then Debezium's initial one.") { rows, rate, runs, skip, heap, inFlight, threads, json };
        command.SetAction((parsed, stop) => RunAsync(
            new SnapshotBenchOptions(
                parsed.GetValue(rows), parsed.GetValue(rate), parsed.GetValue(runs), parsed.GetRequiredValue(skip),
                new DebeziumOptions(parsed.GetRequiredValue(heap), parsed.GetValue(inFlight), parsed.GetValue(threads))),
            parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(SnapshotBenchOptions options, bool json, CancellationToken stop)
    {
        var results = await new SnapshotBenchRun(options).RunAsync(stop);
        if (json) Console.WriteLine(SnapshotReport.Json(options, results).ToJsonString());
        else SnapshotReport.Print(options, results);
        return ExitCodes.Success;
    }
}
