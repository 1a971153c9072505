using System.CommandLine;
using Nova.Events.Cli.Commands;

var nova = new RootCommand("The event backbone: PostgreSQL's WAL to Kafka, to ClickHouse and Redis.")
{
    UpCommand.Create(),
    RunCommand.Create(),
    SimulateCommand.Create(),
    ReplayCommand.Create(),
    VerifyCommand.Create(),
    SchemaCommand.Create(),
    SlotCommand.Create(),
};
return await CommandErrors.RunAsync(nova, args);
