using Nova.Events.LocalStack;
using Spectre.Console;

namespace Nova.Events.Cli.Up;

/// <summary>A line for each step of the servers' start, as it happens.</summary>
internal sealed class ServerLines : IProgress<ServerReport>
{
    public void Report(ServerReport value)
    {
        var (mark, color) = value.Stage switch
        {
            ServerStage.Ready => ("✓", "green"),
            ServerStage.Limited => ("!", "yellow"),
            ServerStage.SourceFailed => ("–", "yellow"),
            ServerStage.Stopped => ("·", "grey"),
            _ => ("…", "grey"),
        };
        AnsiConsole.MarkupLine($"[{color}]{mark}[/] {value.Kind,-10} {value.Text.EscapeMarkup()}");
    }
}
