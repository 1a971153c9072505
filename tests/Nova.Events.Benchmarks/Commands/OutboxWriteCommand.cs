using System.CommandLine;
using Nova.Events.Benchmarks.OutboxWrite;
using Nova.Events.Cli.Commands;

namespace Nova.Events.Benchmarks.Commands;

/// <summary><c>bench outbox-write</c>: what an event costs the transaction that emits it.</summary>
internal static class OutboxWriteCommand
{
    public static Command Create()
    {
        var duration = BenchOptions.Duration("--for", "How long each way of emitting is measured.", TimeSpan.FromSeconds(10));
        var clients = BenchOptions.Positive("--clients", "Connections, each with one transaction after the other.", 4);
        var json = BenchOptions.Json();
        var command = new Command("outbox-write", "A business transaction without an event, with one through the table, and with one table-less.") { duration, clients, json };
        command.SetAction((parsed, stop) => RunAsync(new OutboxWriteOptions(parsed.GetValue(duration), parsed.GetValue(clients)), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(OutboxWriteOptions options, bool json, CancellationToken stop)
    {
        var results = await new OutboxWriteBench(options).RunAsync(stop);
        if (json) Console.WriteLine(OutboxWriteReport.Json(options, results).ToJsonString());
        else OutboxWriteReport.Print(options, results);
        return ExitCodes.Success;
    }
}
