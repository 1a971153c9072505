using System.CommandLine;
using Nova.Events.Benchmarks.Latency;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench relay-latency</c>: how long after its commit an event is in a consumer's hands, at a steady rate.</summary>
internal static class RelayLatencyCommand
{
    public static Command Create()
    {
        var rate = BenchOptions.Positive("--rate", "Commits a second.", 2_000);
        var duration = BenchOptions.Duration("--for", "How long each run measures.", TimeSpan.FromSeconds(30));
        var warmUp = BenchOptions.Duration("--warm-up", "How long each run goes on before it measures.", TimeSpan.FromSeconds(10));
        var clients = BenchOptions.Positive("--clients", "Connections that write.", 8);
        var runs = BenchOptions.Positive("--runs", "Runs of each publisher, interleaved; the median counts.", 2);
        var skip = BenchOptions.Skip("debezium");
        var heap = BenchOptions.DebeziumHeap();
        var json = BenchOptions.Json();
        var command = new Command("relay-latency", "From the return of the commit to a consumer's hands while the relay, then Debezium, is live.") { rate, duration, warmUp, clients, runs, skip, heap, json };
        command.SetAction((parsed, stop) => RunAsync(
            new LatencyOptions(
                parsed.GetValue(rate), parsed.GetValue(duration), parsed.GetValue(warmUp), parsed.GetValue(clients), parsed.GetValue(runs), parsed.GetRequiredValue(skip), parsed.GetRequiredValue(heap)),
            parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(LatencyOptions options, bool json, CancellationToken stop)
    {
        var results = await new LatencyBench(options).RunAsync(stop);
        if (json) Console.WriteLine(LatencyReport.Json(options, results).ToJsonString());
        else LatencyReport.Print(options, results);
        return ExitCodes.Success;
    }
}
