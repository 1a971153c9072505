using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Nova.Events.Cli.Running;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay;
using Nova.Events.Relay.Recovery;
using Npgsql;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova slot status|create|drop|recreate</c>: the relay's replication slot.</summary>
internal static class SlotCommand
{
    public static Command Create()
    {
        var yes = new Option<bool>("--yes") { Description = "Needed to drop: WAL that was not published is forgotten." };
        var status = new Command("status", "Shows the slot's state.");
        var create = new Command("create", "Creates the slot where it is missing; only what commits after that is published.");
        var drop = new Command("drop", "Drops the slot.") { yes };
        var margin = new Option<TimeSpan>("--margin")
        {
            Description = "How long before the last confirmation an event may have been written that was not published (90m, 24h).",
            DefaultValueFactory = _ => TimeSpan.FromDays(1),
            CustomParser = result => UpCommand.Duration(result) ?? TimeSpan.Zero,
        };
        var recreateYes = new Option<bool>("--yes") { Description = "Needed: the slot that is there is dropped." };
        var recreate = new Command("recreate", "Makes a slot in place of one that is lost, and publishes the events that it did not deliver.") { margin, recreateYes };
        recreate.SetAction((parsed, stop) => RecreateAsync(parsed.GetValue(margin), parsed.GetValue(recreateYes), stop));
        status.SetAction((_, stop) => StatusAsync(stop));
        create.SetAction((_, stop) => CreateAsync(stop));
        drop.SetAction((parsed, stop) => DropAsync(parsed.GetValue(yes), stop));
        return new Command("slot", "The relay's replication slot.") { status, create, drop, recreate };
    }

    private static async Task<int> StatusAsync(CancellationToken stop)
    {
        var relay = Settings.Read<RelayOptions>(RelayOptions.Section);
        await using var dataSource = NpgsqlDataSource.Create(relay.ConnectionString);
        var slot = await new ReplicationSlots(dataSource).FindAsync(relay.Slot, stop) ?? throw new SlotMissingException(relay.Slot, null);
        Console.WriteLine(
            $"slot {slot.Name}: {slot.State.ToString().ToLowerInvariant()}, {(slot.ActivePid is { } pid ? $"read by process {pid}" : "read by nobody")}, "
            + $"{slot.LagBytes:N0} bytes not confirmed, {slot.RetainedBytes:N0} bytes retained{(slot.SafeBytes is { } safe ? $", lost after {safe:N0} more" : "")}{(slot.Failover ? ", copied to standbys" : "")}");
        if (slot.State != SlotState.Reserved) Console.WriteLine($"  {slot.Remedy}");
        return ExitCodes.Success;
    }

    private static async Task<int> CreateAsync(CancellationToken stop)
    {
        var relay = Settings.Read<RelayOptions>(RelayOptions.Section);
        await using var dataSource = NpgsqlDataSource.Create(relay.ConnectionString);
        var created = await new ReplicationSlots(dataSource).EnsureAsync(relay.Slot, stop);
        Console.WriteLine(created ? $"slot {relay.Slot} created" : $"slot {relay.Slot} is there");
        return ExitCodes.Success;
    }

    private static async Task<int> DropAsync(bool yes, CancellationToken stop)
    {
        var relay = Settings.Read<RelayOptions>(RelayOptions.Section);
        if (!yes) throw new CommandException($"Dropping slot '{relay.Slot}' forgets the WAL that was not published. Repeat with --yes.");
        await using var dataSource = NpgsqlDataSource.Create(relay.ConnectionString);
        var dropped = await new ReplicationSlots(dataSource).DropAsync(relay.Slot, stop);
        Console.WriteLine(dropped ? $"slot {relay.Slot} dropped" : $"there is no slot {relay.Slot}");
        return ExitCodes.Success;
    }

    private static async Task<int> RecreateAsync(TimeSpan margin, bool yes, CancellationToken stop)
    {
        var relay = Settings.Read<RelayOptions>(RelayOptions.Section);
        if (!yes) throw new CommandException($"Recreating slot '{relay.Slot}' drops the one that is there. Repeat with --yes.");
        var recreation = new SlotRecreation(relay, Settings.Read<KafkaOptions>(KafkaOptions.Section), Settings.Read<TopicOptions>(TopicOptions.Section), TimeProvider.System);
        var slot = await recreation.RunAsync(margin, stop);
        Console.WriteLine(
            $"slot {relay.Slot} made at {Lsn.Format(slot.StartLsn)}; {slot.Retained:N0} events retained since {slot.Since:u}, {slot.Published:N0} of them were not in Kafka and are now, "
            + (slot.InCommitOrder ? "in the order of their commits" : "in the order of their insertion (with track_commit_timestamp = on it is that of their commits)"));
        if (slot.Snapshots.Count > 0)
            Console.WriteLine($"  The relay will read captured tables anew ({string.Join(", ", slot.Snapshots)}); rows that were deleted meanwhile stay in copies: compare them by key.");
        Console.WriteLine("  Events that were emitted without the table (pg_logical_emit_message) are not retained: what of those the lost slot did not deliver is gone.");
        return ExitCodes.Success;
    }
}
