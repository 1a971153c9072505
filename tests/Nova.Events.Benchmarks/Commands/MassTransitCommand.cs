using System.CommandLine;
using Nova.Events.Benchmarks.MassTransitCost;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench masstransit</c>: what a message costs that goes through MassTransit.</summary>
internal static class MassTransitCommand
{
    public static Command Create()
    {
        var duration = BenchOptions.Duration("--for", "How long each way is measured.", TimeSpan.FromSeconds(10));
        var records = BenchOptions.Positive("--records", "Records that each way consumes from Kafka in a slice.", 50_000);
        var json = BenchOptions.Json();
        var command = new Command("masstransit", "Publishing through IPublishEndpoint beside context.Emit, consuming with IConsumer<T> beside IRecordHandler.") { duration, records, json };
        command.SetAction((parsed, stop) => RunAsync(new CostOptions(parsed.GetValue(duration), parsed.GetValue(records)), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(CostOptions options, bool json, CancellationToken stop)
    {
        var ways = await new CostBench(options).RunAsync(stop);
        if (json) Console.WriteLine(CostReport.Json(options, ways).ToJsonString());
        else CostReport.Print(options, ways);
        return ExitCodes.Success;
    }
}
