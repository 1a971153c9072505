using System.CommandLine;
using Nova.Events.Benchmarks.Commands;
using Nova.Events.Cli.Commands;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    // A file or a pipe gets plain lines, wide enough for every table.
    AnsiConsole.Profile.Capabilities.Ansi = false;
    AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
    AnsiConsole.Profile.Width = 200;
}

var bench = new RootCommand("Measures on servers of its own, beside whatever else runs here. Ratios travel from machine to machine, figures do not.")
{
    RelayRateCommand.Create(),
    RelayLatencyCommand.Create(),
    CaptureCommand.Create(),
    SnapshotRateCommand.Create(),
    SinkRateCommand.Create(),
    FreshnessCommand.Create(),
    OutboxWriteCommand.Create(),
    ConsumeCommand.Create(),
    InboxCommand.Create(),
    MassTransitCommand.Create(),
    PollingCommand.Create(),
};
return await CommandErrors.RunAsync(bench, args);
