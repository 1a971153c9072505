using Microsoft.Extensions.DependencyInjection;
using Nova.Events.ClickHouse;
using Nova.Events.Cli.Commands;
using Nova.Events.Cli.Running;
using Nova.Events.Cli.Verification;
using Nova.Events.Cli.Workload;
using Nova.Events.Contracts;
using Nova.Events.LocalStack;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay;
using Npgsql;
using Spectre.Console;

namespace Nova.Events.Cli.Up;

/// <summary>One <c>nova up</c>, from the first server to the verdict.</summary>
internal sealed class UpRun(UpOptions options)
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Runs it; returns the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (options.Input is { } file && !File.Exists(file)) throw new CommandException($"There is no file '{file}'. Give --input the path of a message file.");
        await using var servers = await StartServersAsync(stop);
        var settings = SettingsOf(servers);
        foreach (var line in await new FleetSetup(settings).RunAsync(stop)) AnsiConsole.MarkupLine($"[grey]·[/] {line.EscapeMarkup()}");
        using var metrics = new MetricWatch();
        await using var host = await RoleHost.StartAsync(Role.All, settings, options.Port, stop);
        AnsiConsole.MarkupLine($"[green]✓[/] API        {host.Address}api/v1/feed?user_id=1  ·  {host.Address}health/ready  ·  {host.Address}metrics  ·  {host.Address}openapi/v1.json");
        AnsiConsole.MarkupLine($"[grey]·[/] logs       {LogFile(servers).EscapeMarkup()}");
        try
        {
            await host.UntilReadyAsync(ReadyLimit, stop);
            return await FeedAsync(servers, settings, host, metrics, stop);
        }
        finally
        {
            await host.StopAsync();
        }
    }

    private async Task<int> FeedAsync(LocalServers servers, IReadOnlyList<KeyValuePair<string, string?>> settings, RoleHost host, MetricWatch metrics, CancellationToken stop)
    {
        var progress = new WorkloadProgress();
        var acceptedIds = options.Duration is null ? null : new HashSet<Guid>();
        await using var dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(servers.Postgres.ConnectionString) { MaxAutoPrepare = 30, ApplicationName = "nova workload" }.ConnectionString);
        using var api = new HttpClient { BaseAddress = host.Address };
        var watch = new HopWatch(host, progress, metrics, _time);
        await watch.StartAsync(stop);
        var since = _time.GetUtcNow();
        // A role that ends of its own accord ends the run.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, host.Stopping);
        var feeding = new Feeding(options, dataSource, api, progress, acceptedIds, _time).RunAsync(end.Token);
        await UpScreen.ShowAsync(watch, feeding, _time);
        await IgnoreStopAsync(feeding, end.Token);
        if (host.Stopping.IsCancellationRequested && !stop.IsCancellationRequested)
            throw new CommandException($"A role ended before its time; see {LogFile(servers)}.");
        if (options.Duration is null && !(options.Input is not null && !stop.IsCancellationRequested)) return Stopped(await watch.SampleAsync(CancellationToken.None));
        if (stop.IsCancellationRequested) return Stopped(await watch.SampleAsync(CancellationToken.None), ExitCodes.Cancelled);

        var freshness = await DrainAsync(new FleetVerification(settings), watch, api, dataSource, stop);
        var report = await new FleetVerification(settings).RunAsync(acceptedIds, stop);
        var delays = await RowDelay.MeasureAsync(dataSource, host.Services.GetRequiredService<ClickHouseClient>(), since, stop);
        var verdict = new Verdict(await watch.SampleAsync(stop), freshness, report, metrics.PublishDelay, delays, metrics.DeadLetters, progress);
        verdict.Print();
        return verdict.Ok ? ExitCodes.Success : ExitCodes.Verdict;
    }

    private async Task<LocalServers> StartServersAsync(CancellationToken stop)
    {
        var chosen = new LocalServersOptions { Fresh = options.Fresh, MockTopics = new Dictionary<string, int> { [Topics.Relay] = 1 } };
        if (options.DataDirectory is { } directory) chosen = chosen with { DataDirectory = Path.GetFullPath(directory) };
        var servers = await LocalServers.StartAsync(chosen, new ServerLines(), stop);
        try
        {
            if (servers.Kafka.IsMock) await RefuseOldDataAsync(servers, stop);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Offsets of a cluster that is gone would collide with those of the new one, in tokens and in rows.</summary>
    private static async Task RefuseOldDataAsync(LocalServers servers, CancellationToken stop)
    {
        await using var dataSource = NpgsqlDataSource.Create(servers.Postgres.ConnectionString);
        if (await new ReplicationSlots(dataSource).FindAsync(new RelayOptions().Slot, stop) is not null)
            throw new CommandException("Kafka is the in-memory mock cluster here, and its topics went with the last run; the other servers still hold that run's data. Repeat with --fresh.");
    }

    /// <summary>Waits until everything that was written is in ClickHouse and readers are served from it; a minute at most.</summary>
    private async Task<Freshness> DrainAsync(FleetVerification fleet, HopWatch watch, HttpClient api, NpgsqlDataSource dataSource, CancellationToken stop)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            var freshness = await Freshness.AskAsync(api, dataSource, stop);
            var sample = await watch.SampleAsync(stop);
            if ((sample.IsDrained && await fleet.OnTheWayAsync(stop) == 0 && sample.HotPosts > 0 && freshness.Filled) || _time.GetElapsedTime(started) > DrainLimit) return freshness;
            await Task.Delay(TimeSpan.FromMilliseconds(500), _time, stop);
        }
    }

    private static async Task IgnoreStopAsync(Task feeding, CancellationToken end)
    {
        try
        {
            await feeding;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The stop that was asked for.
        }
    }

    private static int Stopped(HopSample sample, int exitCode = ExitCodes.Success)
    {
        Console.WriteLine($"stopped: {sample.Committed:N0} events committed, {sample.Accepted:N0} accepted, {sample.Published:N0} published, {sample.DomainRows:N0} + {sample.ClientRows:N0} rows in ClickHouse; the next `up` goes on from here");
        return exitCode;
    }

    private static string LogFile(LocalServers servers) => Path.Combine(servers.DataDirectory, "logs", "nova.log");

    private static IReadOnlyList<KeyValuePair<string, string?>> SettingsOf(LocalServers servers) =>
    [
        .. new ServerAddresses(servers.Postgres.ConnectionString, servers.Kafka.BootstrapServers, servers.ClickHouse.Http.ToString(), servers.Redis.Address).ToSettings(),
        new("Log:File", LogFile(servers)),
        new("Log:Format", "Json"),
        // A trial is short: suggestions are built more often than in production.
        new("CacheProjector:SuggestionsInterval", "00:00:30"),
    ];
}
