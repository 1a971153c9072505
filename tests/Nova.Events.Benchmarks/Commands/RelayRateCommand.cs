using System.CommandLine;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.RelayBench;
using Nova.Events.Benchmarks.Wal;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench relay</c>: how fast events that are in the WAL already come to Kafka.</summary>
internal static class RelayRateCommand
{
    public static Command Create()
    {
        var rows = BenchOptions.Positive("--rows", "Events in the WAL.", 300_000);
        var runs = BenchOptions.Positive("--runs", "Runs of each contender, interleaved; the median counts.", 3);
        var each = BenchOptions.Positive("--transaction-rows", "Events of one transaction.", 1);
        var tableLess = new Option<bool>("--table-less") { Description = "Logical messages in place of rows, compared with the same events as rows." };
        var skip = BenchOptions.Skip("debezium", "pg_recvlogical");
        var heap = BenchOptions.DebeziumHeap();
        var keep = new Option<bool>("--keep") { Description = "Keeps servers' data and WAL in .nova/bench-kept, where the next run with --keep finds them." };
        var json = BenchOptions.Json();
        var command = new Command("relay", "Events that are in the WAL already, to Kafka's acknowledgement: the relay, Debezium and pg_recvlogical over the same WAL.")
        {
            rows, runs, each, tableLess, skip, heap, keep, json,
        };
        command.SetAction((parsed, stop) => RunAsync(
            new RelayBenchOptions(
                new WalContent(parsed.GetValue(rows), parsed.GetValue(each), parsed.GetValue(tableLess) ? WalKind.Messages : WalKind.Rows),
                parsed.GetValue(runs), parsed.GetRequiredValue(skip), new DebeziumOptions(parsed.GetRequiredValue(heap), DebeziumSettings.InFlight, Threads: 1), parsed.GetValue(keep)),
            parsed.GetValue(json), stop));
        return command;
    }

    /// <summary>Runs it and shows what it came to.</summary>
    public static async Task<int> RunAsync(RelayBenchOptions options, bool json, CancellationToken stop)
    {
        var results = await new RelayBenchRun(options).RunAsync(stop);
        if (json) Console.WriteLine(RelayReport.Json(options, results).ToJsonString());
        else RelayReport.Print(options, results);
        return ExitCodes.Success;
    }
}
