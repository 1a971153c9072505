using System.CommandLine;
using System.Text;
using Nova.Events.Cli.Running;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Nova.Events.Relay;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Polling;
using Nova.Events.Relay.Recovery;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova relay adopt|parked|release</c>: a source whose database was rewound, and what it could not publish.</summary>
internal static class RelayCommand
{
    private const int Shown = 50;

    public static Command Create()
    {
        var yes = new Option<bool>("--yes") { Description = "Begins the new era; without it the command only looks." };
        var adopt = new Command("adopt", "Lists the events that were published and are no longer in the database, and begins a new era with it.") { yes };
        var parked = new Command("parked", "Lists what could not be published.");
        var keys = new Argument<string[]>("KEY") { Description = "Keys whose parked records are published.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Those of every key." };
        var release = new Command("release", "Asks the relay to publish what is parked, once its cause is removed.") { keys, all };
        release.SetAction((parsed, stop) => ReleaseAsync(parsed.GetValue(keys)!, parsed.GetValue(all), stop));
        adopt.SetAction((parsed, stop) => AdoptAsync(parsed.GetValue(yes), stop));
        parked.SetAction((_, stop) => ParkedAsync(stop));
        return new Command("relay", "A source whose database was rewound; what it could not publish.") { adopt, parked, release };
    }

    private static async Task<int> AdoptAsync(bool yes, CancellationToken stop)
    {
        var relay = Settings.Read<RelayOptions>(RelayOptions.Section);
        var adoption = await new EraAdoption(relay, Settings.Read<KafkaOptions>(KafkaOptions.Section), Settings.Read<TopicOptions>(TopicOptions.Section), TimeProvider.System).RunAsync(yes, stop);
        Console.WriteLine($"source {relay.Source}: {adoption.Why}; the histories part at {Lsn.Format(adoption.PartsAt)}");
        Console.WriteLine($"{adoption.Phantoms.Count:N0} events beyond that are in Kafka and not in the database{(adoption.Phantoms.Count > Shown ? $"; the first {Shown}" : "")}:");
        foreach (var phantom in adoption.Phantoms.OrderBy(phantom => phantom.Position).Take(Shown))
            Console.WriteLine($"  {phantom.Topic}:{phantom.Partition}:{phantom.Offset} {phantom.Type} key={phantom.Key} id={phantom.Id} position={phantom.Position}");
        Console.WriteLine(yes
            ? $"era {adoption.Era} begins. Make the slot with 'nova slot recreate --yes', which publishes what Kafka lacks; then start the relay."
            : $"nothing was changed. Repeat with --yes to begin era {adoption.Era}.");
        return ExitCodes.Success;
    }

    private static async Task<int> ParkedAsync(CancellationToken stop)
    {
        var (relay, count) = (Settings.Read<RelayOptions>(RelayOptions.Section), 0);
        if (relay.Mode == RelayMode.Polling) return await ParkedInDatabaseAsync(relay, stop);
        foreach (var record in await ParkingLot.UnreleasedAsync(Settings.Read<KafkaOptions>(KafkaOptions.Section), relay.Source, stop))
        {
            count++;
            Console.WriteLine($"{record.Position} topic={(record.Topic.Length > 0 ? record.Topic : "?")} key={Encoding.UTF8.GetString(record.RecordKey ?? [])} {(record.HoldsKey ? "holds its key" : "dead letter")}: {record.Reason}");
        }

        Console.WriteLine($"{count:N0} parked");
        return ExitCodes.Success;
    }

    private static async Task<int> ParkedInDatabaseAsync(RelayOptions relay, CancellationToken stop)
    {
        var messages = await ParkedMessages.ListAsync(relay.ConnectionString, stop);
        foreach (var message in messages)
            Console.WriteLine($"{message.Bucket}/{message.Sequence} topic={(message.Topic.Length > 0 ? message.Topic : "?")} key={message.Key} {(message.HoldsKey ? "holds its key" : "dead letter")}: {message.Reason}");
        Console.WriteLine($"{messages.Count:N0} parked");
        return ExitCodes.Success;
    }

    private static async Task<int> ReleaseAsync(string[] keys, bool all, CancellationToken stop)
    {
        if (all == keys.Length > 0) throw new CommandException("Name the keys to release ('nova relay parked' lists them), or give --all.");
        var relay = Settings.Read<RelayOptions>(RelayOptions.Section);
        if (relay.Mode == RelayMode.Polling)
        {
            Console.WriteLine($"{await ParkedMessages.ReleaseAsync(relay.ConnectionString, all ? null : keys, stop):N0} parked records are back where they stood in the queue.");
            return ExitCodes.Success;
        }

        var records = await ParkedRelease.RequestAsync(relay, Settings.Read<KafkaOptions>(KafkaOptions.Section), all ? null : keys, stop);
        Console.WriteLine(
            $"{records.Count:N0} parked records asked for; the relay publishes them at the position of this request. A key is free once none of its records is parked: "
            + "see 'nova relay parked', and repeat for what was parked meanwhile.");
        return ExitCodes.Success;
    }
}
