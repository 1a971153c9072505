using System.CommandLine;
using Nova.Events.Cli.Up;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova simulate</c>: the synthetic workload against servers and an API that run already.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var (duration, rate, api) = FeedOptions.Create();
        var command = new Command("simulate", "Feeds a running fleet with a synthetic social day.") { duration, rate, api };
        command.SetAction((parsed, stop) => FeedOptions.RunAsync(
            new UpOptions(parsed.GetValue(duration), null, parsed.GetValue(rate), Fresh: false, Port: 0, DataDirectory: null), parsed.GetRequiredValue(api), stop));
        return command;
    }
}
