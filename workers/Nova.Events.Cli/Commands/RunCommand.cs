using System.CommandLine;
using Nova.Events.Cli.Running;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova run ROLE</c>: one role until it is stopped.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var role = new Argument<string>("role") { Description = "relay, clickhouse-sink, cache-projector or api" };
        role.AcceptOnlyFromAmong([.. Role.All.Select(known => known.Name)]);
        var port = new Option<int>("--port") { Description = "Port of health, metrics and the API on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 8080 };
        var command = new Command("run", "Runs one role until it is stopped.") { role, port };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(role), parsed.GetValue(port), stop));
        return command;
    }

    private static async Task<int> RunAsync(string name, int port, CancellationToken stop)
    {
        await using var host = await RoleHost.StartAsync([Role.All.Single(role => role.Name == name)], ServerAddresses.FromEnvironment(), port, stop);
        await host.RunAsync(stop);
        return stop.IsCancellationRequested ? ExitCodes.Success : ExitCodes.Failure;
    }
}
