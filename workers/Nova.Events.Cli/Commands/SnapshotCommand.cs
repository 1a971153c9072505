using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Nova.Events.Cli.Running;
using Nova.Events.Relay;
using Nova.Events.Relay.Snapshots;
using Npgsql;

namespace Nova.Events.Cli.Commands;

/// <summary><c>nova snapshot start|status|pause|resume|cancel</c>: what captured tables hold already. The relay makes them; this asks for them, and shows how far they are.</summary>
internal static class SnapshotCommand
{
    private static readonly string[] Unfinished = ["requested", "running", "paused"];
    private static readonly string[] All = [.. Unfinished, "done", "failed", "cancelled"];

    public static Command Create()
    {
        var table = new Argument<string>("TABLE") { Description = "Schema and name, as in public.posts." };
        var filter = new Option<string?>("--filter") { Description = "An SQL condition on the rows." };
        var pace = new Option<int?>("--rows-per-second") { Description = "Most rows a second." };
        var start = new Command("start", "Asks for a snapshot of a captured table.") { table, filter, pace };
        start.SetAction((parsed, stop) => StartAsync(parsed.GetValue(table)!, parsed.GetValue(filter), parsed.GetValue(pace), stop));
        var everything = new Option<bool>("--all") { Description = "Finished ones, too." };
        var json = new Option<bool>("--json") { Description = "For scripts: an array." };
        var status = new Command("status", "Shows how far snapshots are.") { everything, json };
        status.SetAction((parsed, stop) => StatusAsync(parsed.GetValue(everything) ? All : Unfinished, parsed.GetValue(json), stop));
        return new Command("snapshot", "What captured tables hold already.")
        {
            start, status,
            Move("pause", "Pauses a snapshot after its chunk.", ["requested", "running"], "paused"),
            Move("resume", "Goes on with a paused snapshot.", ["paused"], "running"),
            Move("cancel", "Ends a snapshot; what is published stays.", Unfinished, "cancelled"),
        };
    }

    private static Command Move(string name, string description, string[] from, string to)
    {
        var which = new Argument<string>("TABLE-OR-ID") { Description = "Its table, or its id." };
        var command = new Command(name, description) { which };
        command.SetAction((parsed, stop) => MoveAsync(parsed.GetValue(which)!, from, to, stop));
        return command;
    }

    private static async Task<int> StartAsync(string table, string? filter, int? rowsPerSecond, CancellationToken stop)
    {
        if (rowsPerSecond <= 0) throw new CommandException("--rows-per-second must be above zero.");
        await using var dataSource = Database();
        var id = await new SnapshotStore(dataSource).RequestAsync(table, filter, rowsPerSecond, stop);
        Console.WriteLine($"snapshot {id} of {table} requested; the relay makes it ('nova snapshot status')");
        return ExitCodes.Success;
    }

    private static async Task<int> StatusAsync(string[] states, bool asJson, CancellationToken stop)
    {
        await using var dataSource = Database();
        var requests = await new SnapshotStore(dataSource).ListAsync(states, stop);
        if (asJson) Console.WriteLine(JsonSerializer.Serialize(requests, JsonSerializerOptions.Web));
        else if (requests.Count == 0) Console.WriteLine("no snapshots");
        else foreach (var request in requests) Console.WriteLine(Line(request));
        return ExitCodes.Success;
    }

    private static string Line(SnapshotRequest request) => string.Create(CultureInfo.InvariantCulture,
        $"{request.Id} {request.Table}{(request.Filter is { } filter ? $" where {filter}" : "")}: {request.State}, {request.Rows:N0} rows{(request.EstimatedRows is { } rows ? $" of about {rows:N0}" : "")}"
        + $"{(request.Rate is { } rate ? $", {rate:N0} rows/s" : "")}{(request.Remaining is { } remaining ? $", {remaining:hh\\:mm\\:ss} remaining" : "")}{(request.Reason is { } reason ? $"; {reason}" : "")}");

    private static async Task<int> MoveAsync(string which, string[] from, string to, CancellationToken stop)
    {
        await using var dataSource = Database();
        var moved = await new SnapshotStore(dataSource).MoveAsync(which, from, to, stop);
        if (moved == 0) throw new CommandException($"There is no snapshot '{which}' that is {string.Join(" or ", from)}. 'nova snapshot status --all' lists them.");
        Console.WriteLine($"{moved} {(moved == 1 ? "snapshot" : "snapshots")} of {which}: {to}");
        return ExitCodes.Success;
    }

    private static NpgsqlDataSource Database() => NpgsqlDataSource.Create(Settings.Read<RelayOptions>(RelayOptions.Section).ConnectionString);
}
