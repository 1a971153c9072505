using System.CommandLine;
using Nova.Events.ChaosTests.Running;
using Nova.Events.ChaosTests.Servers;
using Nova.Events.Cli.Commands;

namespace Nova.Events.ChaosTests.Commands;

/// <summary><c>chaos relay</c>: two relays, a database and a broker, killed, frozen and cut off while writers write.</summary>
internal static class RelayChaosCommand
{
    public static Command Create()
    {
        var faults = Positive("--faults", "Faults of each of the nine kinds: kill, freeze and cut, of relay, database and broker.", 20);
        var seed = new Option<int?>("--seed") { Description = "Decides the faults' order, gaps and lengths. Default: a random one, which is printed." };
        var rate = Positive("--rate", "Transactions a second, of all writers.", 200);
        var data = new Option<string>("--data") { Description = "Folder of data, logs and the run's state. Default: .nova/chaos-relay in the clone.", DefaultValueFactory = _ => ChaosFolder.Default };
        var resume = new Option<bool>("--resume") { Description = "Goes on with the run in the folder, which was stopped or killed; its seed, faults and rate hold." };
        var keep = new Option<bool>("--keep") { Description = "Keeps the folder also after a good end." };
        var json = new Option<bool>("--json") { Description = "One line of JSON on standard output." };
        var command = new Command("relay", "Kills, freezes and cuts off relay, database and broker while writers write; then compares the database with Kafka. Exit code 3 if anything is lost, doubled or out of order.")
        {
            faults, seed, rate, data, resume, keep, json,
        };
        command.SetAction((parsed, stop) => RunAsync(
            new ChaosOptions(
                parsed.GetValue(faults), parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000), parsed.GetValue(rate), Path.GetFullPath(parsed.GetRequiredValue(data)),
                parsed.GetValue(resume), parsed.GetValue(keep), parsed.GetValue(json)),
            stop));
        return command;
    }

    private static async Task<int> RunAsync(ChaosOptions options, CancellationToken stop)
    {
        ChaosResult result;
        try
        {
            result = await new RelayChaosRun(options).RunAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Say.Line($"stopped; ./nova chaos relay --resume --data {options.Folder} goes on");
            throw;
        }

        Console.WriteLine(options.Json ? ChaosReport.Json(result) : ChaosReport.Text(result));
        if (options.Json && !result.Holds) await Console.Error.WriteLineAsync(ChaosReport.Text(result));
        if (!result.Holds || options.Keep) Say.Line($"data and logs are in {options.Folder}");
        else ChaosFolder.Delete(options.Folder);
        return result.Holds ? ExitCodes.Success : ExitCodes.Verdict;
    }

    private static Option<int> Positive(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(parsed =>
        {
            if (parsed.GetValueOrDefault<int>() < 1) parsed.AddError($"{name} takes a number above 0.");
        });
        return option;
    }
}
