using System.CommandLine;
using Nova.Events.Benchmarks.SinkBench;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench sink</c>: how fast client events that are in Kafka become rows that a query sees.</summary>
internal static class SinkRateCommand
{
    public static Command Create()
    {
        var events = BenchOptions.Positive("--events", "Client events in the topic.", 2_000_000);
        var repeats = new Option<int>("--repeats") { Description = "Percent of them that repeat an id.", DefaultValueFactory = _ => 0 };
        var runs = BenchOptions.Positive("--runs", "Runs of each contender, interleaved; the median counts.", 3);
        var consumers = BenchOptions.Positive("--consumers", "Consumers of ClickHouse's Kafka engine; it takes no more than there are processors.", Math.Min(2, Environment.ProcessorCount));
        var skip = BenchOptions.Skip("nova", "nova at least once", "nova repeats kept", "kafka engine");
        var keep = new Option<bool>("--keep") { Description = "Servers' data and the topic stay, and the next run with --keep begins at once." };
        var json = BenchOptions.Json();
        var command = new Command("sink", "Client events from Kafka to rows: the sink, exactly once, then ClickHouse's own Kafka engine into the same tables.") { events, repeats, runs, consumers, skip, keep, json };
        command.SetAction((parsed, stop) => RunAsync(
            new SinkBenchOptions(parsed.GetValue(events), parsed.GetValue(repeats), parsed.GetValue(runs), parsed.GetValue(consumers), parsed.GetRequiredValue(skip), parsed.GetValue(keep)), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(SinkBenchOptions options, bool json, CancellationToken stop)
    {
        var results = await new SinkBenchRun(options).RunAsync(stop);
        if (json) Console.WriteLine(SinkReport.Json(options, results).ToJsonString());
        else SinkReport.Print(options, results);
        return ExitCodes.Success;
    }
}
