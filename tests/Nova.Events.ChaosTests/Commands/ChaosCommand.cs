using System.CommandLine;
using Nova.Events.ChaosTests.Faults;
using Nova.Events.ChaosTests.Running;
using Nova.Events.ChaosTests.Servers;
using Nova.Events.Cli.Commands;

namespace Nova.Events.ChaosTests.Commands;

/// <summary>What the commands have in common: their options, how they report, what becomes of the folder.</summary>
/// <param name="Name">Of the command.</param>
/// <param name="Description">What it does and what it checks.</param>
/// <param name="Kinds">The faults' kinds.</param>
/// <param name="FaultsDescription">What <c>--faults</c> counts.</param>
/// <param name="Faults">Its default.</param>
/// <param name="RateDescription">What <c>--rate</c> counts.</param>
/// <param name="Rate">Its default.</param>
/// <param name="RunAsync">The run.</param>
internal sealed record ChaosCommand(
    string Name, string Description, IReadOnlyList<FaultKind> Kinds, string FaultsDescription, int Faults, string RateDescription, int Rate, Func<ChaosOptions, CancellationToken, Task<IChaosResult>> RunAsync)
{
    public Command Create()
    {
        var faults = Positive("--faults", FaultsDescription, Faults);
        var only = new Option<string[]>("--only") { Description = "Confines the faults to a kind, such as \"kill kafka\"; may be given several times. Default: all kinds.", DefaultValueFactory = _ => [] };
        only.AcceptOnlyFromAmong([.. Kinds.Select(kind => kind.ToString())]);
        var seed = new Option<int?>("--seed") { Description = "Decides the faults' order, gaps and lengths. Default: a random one, which is printed." };
        var rate = Positive("--rate", RateDescription, Rate);
        var data = new Option<string>("--data") { Description = $"Folder of data, logs and the run's state. Default: .nova/chaos-{Name} in the clone.", DefaultValueFactory = _ => ChaosFolder.Default(Name) };
        var resume = new Option<bool>("--resume") { Description = "Goes on with the run in the folder, which was stopped or killed; its seed, faults and rate hold." };
        var keep = new Option<bool>("--keep") { Description = "Keeps the folder also after a good end." };
        var json = new Option<bool>("--json") { Description = "One line of JSON on standard output." };
        var command = new Command(Name, Description) { faults, only, seed, rate, data, resume, keep, json };
        command.SetAction((parsed, stop) => RunAndReportAsync(
            new ChaosOptions(
                parsed.GetValue(faults), parsed.GetRequiredValue(only), parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000), parsed.GetValue(rate), Path.GetFullPath(parsed.GetRequiredValue(data)),
                parsed.GetValue(resume), parsed.GetValue(keep), parsed.GetValue(json)),
            stop));
        return command;
    }

    private async Task<int> RunAndReportAsync(ChaosOptions options, CancellationToken stop)
    {
        IChaosResult result;
        try
        {
            result = await RunAsync(options, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Say.Line($"stopped; ./nova chaos {Name} --resume --data {options.Folder} goes on");
            throw;
        }

        Console.WriteLine(options.Json ? result.Json() : result.Text());
        if (options.Json && !result.Holds) await Console.Error.WriteLineAsync(result.Text());
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
