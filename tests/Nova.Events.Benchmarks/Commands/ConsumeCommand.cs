using System.CommandLine;
using Nova.Events.Benchmarks.Consuming;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench consume</c>: what a handler in keyed lanes costs beside Confluent.Kafka's own loop.</summary>
internal static class ConsumeCommand
{
    public static Command Create()
    {
        var records = BenchOptions.Positive("--records", "Records that are consumed in each run.", 2_000_000);
        var runs = BenchOptions.Positive("--runs", "Runs of each way, interleaved; the median counts.", 5);
        var lanes = BenchOptions.Positive("--lanes", "Lanes of our consumer.", 8);
        var skip = BenchOptions.Skip("bytes", "pooled", "ignored");
        var keep = new Option<bool>("--keep") { Description = "Keeps servers' data and the topic in .nova/bench-kept, where the next run with --keep finds them." };
        var json = BenchOptions.Json();
        var command = new Command("consume", "Records through a handler that does nothing, in keyed lanes, beside bare loops of Confluent.Kafka over the same topic.") { records, runs, lanes, skip, keep, json };
        command.SetAction((parsed, stop) => RunAsync(
            new ConsumeOptions(parsed.GetValue(records), parsed.GetValue(runs), parsed.GetValue(lanes), parsed.GetRequiredValue(skip), parsed.GetValue(keep)), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(ConsumeOptions options, bool json, CancellationToken stop)
    {
        var result = await new ConsumeBench(options).RunAsync(stop);
        if (json) Console.WriteLine(ConsumeReport.Json(options, result).ToJsonString());
        else ConsumeReport.Print(options, result);
        return ExitCodes.Success;
    }
}
