using System.CommandLine;
using Nova.Events.Cli.DeadLetters;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.DeadLetters;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova dlq list|show|redrive</c>: what a consumer group could not handle, and how it gets it back.</summary>
internal static class DlqCommand
{
    public static Command Create() => new("dlq", "Dead letters of a consumer group.") { List(), Show(), RedriveCommand.Create() };

    private static Command List()
    {
        var (group, which) = (DlqOptions.Group(), new DlqOptions());
        var json = new Option<bool>("--json") { Description = "For scripts: one object." };
        var command = new Command("list", "Counts dead letters by topic and reason.") { group, json };
        which.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var log = await OpenAsync(parsed.GetRequiredValue(group), stop);
            var letters = log.Catalog.Letters.Where(which.Filter(parsed).Matches).ToList();
            if (parsed.GetValue(json)) DeadLetterTable.PrintJson(log, letters);
            else DeadLetterTable.Print(log, letters);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Show()
    {
        var group = DlqOptions.Group();
        var id = new Option<Guid>("--id") { Description = "Its id: header dlq-id.", Required = true };
        var json = new Option<bool>("--json") { Description = "For scripts: one object; bytes in base64." };
        var command = new Command("show", "Shows a dead letter, and what became of it.") { group, id, json };
        command.SetAction(async (parsed, stop) =>
        {
            var log = await OpenAsync(parsed.GetRequiredValue(group), stop);
            var letter = log.Catalog.Find(parsed.GetValue(id)) ?? throw NotThere(log.Group, [parsed.GetValue(id)]);
            await foreach (var (_, record) in new DeadLetterReader(Settings.Read<KafkaOptions>(KafkaOptions.Section)).ReadAsync(log, [letter], stop))
            {
                if (parsed.GetValue(json)) DeadLetterText.PrintJson(log, letter, record);
                else DeadLetterText.Print(log, letter, record);
                return ExitCodes.Success;
            }

            throw NotThere(log.Group, [letter.Id]);
        });
        return command;
    }

    internal static Task<DeadLetterLog> OpenAsync(string group, CancellationToken stop) =>
        new DeadLetterReader(Settings.Read<KafkaOptions>(KafkaOptions.Section)).OpenAsync(group, stop);

    internal static CommandException NotThere(string group, IEnumerable<Guid> ids) => new(
        $"Topic '{Topics.DeadLetters(group)}' holds no dead letter {string.Join(", ", ids)}. Look for it with 'nova dlq list --group {group} --json'; what is older than the topic's retention is gone.");
}
