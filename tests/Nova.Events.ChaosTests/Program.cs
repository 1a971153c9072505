using System.CommandLine;
using Nova.Events.ChaosTests.Commands;
using Nova.Events.Cli.Commands;

var chaos = new RootCommand("Kills, freezes and cuts off servers of its own while they are written to, and checks at the end what became of every event.")
{
    RelayChaosCommand.Create(),
};
return await CommandErrors.RunAsync(chaos, args);
