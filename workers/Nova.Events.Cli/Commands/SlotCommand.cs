using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Nova.Events.Cli.Running;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay;
using Npgsql;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova slot status|create|drop</c>: the relay's replication slot.</summary>
internal static class SlotCommand
{
    public static Command Create()
    {
        var yes = new Option<bool>("--yes") { Description = "Needed to drop: WAL that was not published is forgotten." };
        var status = new Command("status", "Shows the slot's state.");
        var create = new Command("create", "Creates the slot where it is missing; only what commits after that is published.");
        var drop = new Command("drop", "Drops the slot.") { yes };
        status.SetAction((_, stop) => StatusAsync(stop));
        create.SetAction((_, stop) => CreateAsync(stop));
        drop.SetAction((parsed, stop) => DropAsync(parsed.GetValue(yes), stop));
        return new Command("slot", "The relay's replication slot.") { status, create, drop };
    }

    private static async Task<int> StatusAsync(CancellationToken stop)
    {
        var relay = Settings.Read<RelayOptions>(RelayOptions.Section);
        await using var dataSource = NpgsqlDataSource.Create(relay.ConnectionString);
        var slot = await new ReplicationSlots(dataSource).FindAsync(relay.Slot, stop) ?? throw new SlotMissingException(relay.Slot, null);
        Console.WriteLine($"slot {slot.Name}: {(slot.ActivePid is { } pid ? $"read by process {pid}" : "inactive")}, WAL {slot.WalStatus}, {slot.LagBytes:N0} bytes not confirmed, {slot.RetainedBytes:N0} bytes kept");
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
}
