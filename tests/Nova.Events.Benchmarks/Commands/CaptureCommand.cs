using System.CommandLine;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.RelayBench;
using Nova.Events.Benchmarks.Wal;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench capture</c>: how fast updates of a captured table that are in the WAL already come to Kafka.</summary>
internal static class CaptureCommand
{
    public static Command Create()
    {
        var updates = BenchOptions.Positive("--updates", "Updates in the WAL.", 300_000);
        var runs = BenchOptions.Positive("--runs", "Runs of each contender, interleaved; the median counts.", 3);
        var skip = BenchOptions.Skip("debezium", "pg_recvlogical");
        var heap = BenchOptions.DebeziumHeap();
        var inFlight = BenchOptions.DebeziumInFlight();
        var keep = new Option<bool>("--keep") { Description = "Keeps servers' data and WAL in .nova/bench-kept, where the next run with --keep finds them." };
        var json = BenchOptions.Json();
        var command = new Command("capture", "Updates of a captured table that are in the WAL already, to Kafka's acknowledgement: the relay, Debezium and pg_recvlogical over the same WAL.")
        {
            updates, runs, skip, heap, inFlight, keep, json,
        };
        command.SetAction((parsed, stop) => RelayRateCommand.RunAsync(
            new RelayBenchOptions(
                new WalContent(parsed.GetValue(updates), EventsEach: 1, WalKind.Updates), parsed.GetValue(runs), parsed.GetRequiredValue(skip),
                new DebeziumOptions(parsed.GetRequiredValue(heap), parsed.GetValue(inFlight), Threads: 1), parsed.GetValue(keep)),
            parsed.GetValue(json), stop));
        return command;
    }
}
