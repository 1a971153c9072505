using System.CommandLine;
using Nova.Events.Cli.Commands;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    // A file or a pipe gets plain lines, wide enough for every table.
    AnsiConsole.Profile.Capabilities.Ansi = false;
    AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
    AnsiConsole.Profile.Width = 200;
}

var nova = new RootCommand("The event backbone: PostgreSQL's WAL to Kafka, to ClickHouse and Redis.")
{
    UpCommand.Create(),
    RunCommand.Create(),
    SimulateCommand.Create(),
    ReplayCommand.Create(),
    VerifyCommand.Create(),
    SchemaCommand.Create(),
    SlotCommand.Create(),
    RelayCommand.Create(),
    SnapshotCommand.Create(),
    DlqCommand.Create(),
};
return await CommandErrors.RunAsync(nova, args);
