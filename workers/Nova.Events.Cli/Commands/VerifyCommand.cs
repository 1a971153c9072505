using System.CommandLine;
using Nova.Events.Cli.Running;
using Nova.Events.Cli.Verification;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova verify</c>: what was written against what is in Kafka and in ClickHouse. Exit code 3 says that something is wrong.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One line of JSON." };
        var command = new Command("verify", "Compares what was written with Kafka and ClickHouse: missing, doubled, out of order. Exit code 3: something is.") { json };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(bool json, CancellationToken stop)
    {
        var report = await new FleetVerification(ServerAddresses.FromEnvironment()).RunAsync(acceptedIds: null, stop);
        if (json) VerificationTable.PrintJson(report);
        else VerificationTable.Print(report);
        return report.Ok ? ExitCodes.Success : ExitCodes.Verdict;
    }
}
