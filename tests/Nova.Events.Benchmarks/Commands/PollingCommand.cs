using System.CommandLine;
using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Polling;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench polling</c>: how fast one relay empties the queue, and what the queue costs writers.</summary>
internal static class PollingCommand
{
    public static Command Create()
    {
        var rows = BenchOptions.Positive("--rows", "Messages in the queue when the relay starts, of 10,000 keys.", 200_000);
        var buckets = BenchOptions.Positive("--buckets", "Buckets of the queue.", 8);
        var duration = BenchOptions.Duration("--for", "How long writers write, with and without polling.", TimeSpan.FromSeconds(10));
        var clients = BenchOptions.Positive("--clients", "Connections, each with one transaction after the other.", 4);
        var json = BenchOptions.Json();
        var command = new Command("polling", "The relay in polling mode: a full queue emptied, and transactions with and without the copy into the queue.") { rows, buckets, duration, clients, json };
        command.SetAction((parsed, stop) => RunAsync(
            new PollingBench(parsed.GetValue(rows), parsed.GetValue(buckets), parsed.GetValue(duration), parsed.GetValue(clients)), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(PollingBench bench, bool json, CancellationToken stop)
    {
        var result = await bench.RunAsync(stop);
        Console.WriteLine(json
            ? new JsonObject
            {
                ["messages_per_second"] = result.PerSecond,
                ["relay_processor_seconds"] = result.Processor.TotalSeconds,
                ["transactions_per_second"] = result.PlainPerSecond,
                ["polled_transactions_per_second"] = result.PolledPerSecond,
            }.ToJsonString()
            : FormattableString.Invariant($"""
              queue emptied: {result.PerSecond:N0} messages/s, {result.Processor.TotalSeconds:N1} s of the relay's processor time, its start included
              one event a transaction: {result.PlainPerSecond:N0} transactions/s, with polling enabled {result.PolledPerSecond:N0} ({result.PolledPerSecond / result.PlainPerSecond:N2})
              """));
        return ExitCodes.Success;
    }
}
