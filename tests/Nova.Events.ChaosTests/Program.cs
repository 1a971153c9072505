using System.CommandLine;
using Nova.Events.ChaosTests.Relay;
using Nova.Events.ChaosTests.Sink;
using Nova.Events.Cli.Commands;

var chaos = new RootCommand("Kills, freezes and cuts off servers of its own while they are written to, and checks at the end what became of every event.")
{
    RelayChaosCommand.Command.Create(),
    SinkChaosCommand.Command.Create(),
};
return await CommandErrors.RunAsync(chaos, args);
