using System.CommandLine;
using Nova.Events.Cli.Running;
using Nova.Events.Cli.Up;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova schema up|status</c>: the schemas of PostgreSQL and ClickHouse.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var up = new Command("up", "Applies what is missing, and makes the outbox's partitions ahead.");
        var status = new Command("status", "Shows what is applied and what is missing.");
        up.SetAction(async (_, stop) => Print(await new FleetSetup(ServerAddresses.FromEnvironment()).UpSchemaAsync(stop), "nothing is missing"));
        status.SetAction(async (_, stop) => Print(await new FleetSetup(ServerAddresses.FromEnvironment()).SchemaStatusAsync(stop), "there are no files"));
        return new Command("schema", "The schemas of PostgreSQL and ClickHouse.") { up, status };
    }

    private static int Print(IReadOnlyList<string> lines, string none)
    {
        foreach (var line in lines) Console.WriteLine(line);
        if (lines.Count == 0) Console.WriteLine(none);
        return ExitCodes.Success;
    }
}
