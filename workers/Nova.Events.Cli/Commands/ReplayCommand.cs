using System.CommandLine;
using Nova.Events.Cli.Up;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova replay FILE</c>: a message file against servers and an API that run already.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var (duration, rate, api) = FeedOptions.Create();
        var file = new Argument<string>("file") { Description = "A message file: 'sender receiver unix-seconds' a line, plain or .gz." };
        var command = new Command("replay", "Feeds a running fleet with a file of messages.") { file, duration, rate, api };
        command.SetAction((parsed, stop) => FeedOptions.RunAsync(
            new UpOptions(parsed.GetValue(duration), parsed.GetRequiredValue(file), parsed.GetValue(rate), Fresh: false, Port: 0, DataDirectory: null), parsed.GetRequiredValue(api), stop));
        return command;
    }
}
