using System.CommandLine;
using System.Text.Json;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.DeadLetters;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova dlq redrive</c>: gives dead letters back to their group.</summary>
internal static class RedriveCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create()
    {
        var (group, which) = (DlqOptions.Group(), new DlqOptions());
        var ids = new Option<Guid[]>("--id") { Description = "Only this one; may be given again.", Arity = ArgumentArity.ZeroOrMore };
        var max = new Option<int?>("--max") { Description = "At most so many, the oldest first." };
        var rate = new Option<double?>("--rate") { Description = "Letters a second. Default 1000.", CustomParser = UpCommand.Rate };
        var again = new Option<bool>("--again") { Description = "Also those that were redriven and have not failed since." };
        var yes = new Option<bool>("--yes") { Description = "Does it; without it the command only counts." };
        var json = new Option<bool>("--json") { Description = "For scripts: one object at the end." };
        var command = new Command("redrive", "Writes dead letters to the group's retry topic, never to where they came from.") { group, ids, max, rate, again, yes, json };
        which.AddTo(command);
        command.SetAction((parsed, stop) =>
        {
            if (parsed.GetValue(max) <= 0) throw new CommandException("--max must be above zero.");
            return RunAsync(
                parsed.GetRequiredValue(group), which.Filter(parsed, parsed.GetValue(ids)), parsed.GetValue(max), parsed.GetValue(rate) ?? 1_000,
                parsed.GetValue(again), parsed.GetValue(yes), parsed.GetValue(json), stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(string group, DeadLetterFilter filter, int? max, double rate, bool again, bool yes, bool asJson, CancellationToken stop)
    {
        var log = await DlqCommand.OpenAsync(group, stop);
        var missing = filter.Ids.Where(id => log.Catalog.Find(id) is null).ToList();
        if (missing.Count > 0) throw DlqCommand.NotThere(group, missing);
        var chosen = log.Catalog.Choose(filter, again, max);
        var skipped = again ? 0 : log.Catalog.Letters.Count(letter => filter.Matches(letter) && log.Catalog.IsRedriven(letter));
        if (!yes) throw new CommandException($"{chosen.Count:N0} dead letters of group '{group}' would go to '{Topics.Retry(group)}'{Redriven(skipped)}. Repeat with --yes.");
        var redrive = new Redrive(Settings.Read<KafkaOptions>(KafkaOptions.Section), Settings.Read<TopicOptions>(TopicOptions.Section), TimeProvider.System);
        var outcome = await redrive.RunAsync(log, chosen, rate, asJson || Console.IsErrorRedirected ? null : count => Console.Error.Write($"\r{count:N0} of {chosen.Count:N0}"), stop);
        if (!asJson && !Console.IsErrorRedirected && chosen.Count > 0) Console.Error.WriteLine();
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize(
                new { group, outcome.Run, outcome.Redriven, already_redriven = skipped, outcome.Gone, too_large = outcome.TooLarge.Select(letter => letter.Id), stopped = outcome.IsStopped }, Json));
        else
            Print(group, chosen.Count, skipped, outcome);
        return outcome switch { { IsStopped: true } => ExitCodes.Cancelled, { TooLarge.Count: > 0 } => ExitCodes.Failure, _ => ExitCodes.Success };
    }

    private static void Print(string group, int chosen, int skipped, RedriveOutcome outcome)
    {
        Console.WriteLine($"{outcome.Redriven:N0} of {chosen:N0} dead letters of group '{group}' written to '{Topics.Retry(group)}'{Redriven(skipped)} (run {outcome.Run})");
        if (outcome.IsStopped) Console.WriteLine("  Stopped before the end; run it again to go on.");
        if (outcome.Gone > 0) Console.WriteLine($"  {outcome.Gone:N0} were gone when their turn came: the topic's retention had dropped them.");
        foreach (var letter in outcome.TooLarge)
            Console.WriteLine($"  {letter.Id} is larger than '{Topics.Retry(group)}' takes. Raise that topic's max.message.bytes, and run it again.");
    }

    private static string Redriven(int count) => count == 0 ? "" : $"; {count:N0} more were redriven already and have not failed since (--again takes them, too)";
}
