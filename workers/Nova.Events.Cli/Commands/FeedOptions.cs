using System.CommandLine;
using Nova.Events.Cli.Running;
using Nova.Events.Cli.Up;
using Nova.Events.Cli.Workload;
using Nova.Events.Relay;
using Npgsql;

namespace Nova.Events.Cli.Commands;

/// <summary>What the two feeding commands share.</summary>
internal static class FeedOptions
{
    public static (Option<TimeSpan?> Duration, Option<double?> Rate, Option<Uri> Api) Create() =>
    (
        new("--for") { Description = "How long (60s, 5m, 1h). Default: until Ctrl-C, or the end of the file.", CustomParser = UpCommand.Duration },
        new("--rate") { Description = "Actions a second. Default: what lets the file fit --for; 500 otherwise.", CustomParser = UpCommand.Rate },
        new("--api") { Description = "Address of the API.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080") }
    );

    /// <summary>Feeds, and says what was committed and accepted.</summary>
    public static async Task<int> RunAsync(UpOptions options, Uri api, CancellationToken stop)
    {
        var relay = Settings.Read<RelayOptions>(RelayOptions.Section, ServerAddresses.FromEnvironment());
        await using var dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(relay.ConnectionString) { MaxAutoPrepare = 30 }.ConnectionString);
        using var http = new HttpClient { BaseAddress = api };
        var progress = new WorkloadProgress();
        try
        {
            await new Feeding(options, dataSource, http, progress, acceptedIds: null, TimeProvider.System).RunAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The stop that was asked for.
        }

        Console.WriteLine($"{progress.Committed:N0} domain events committed, {progress.Accepted:N0} client events accepted, {progress.WithoutEffect:N0} actions without effect, {progress.Retried:N0} tried again");
        return ExitCodes.Success;
    }
}
