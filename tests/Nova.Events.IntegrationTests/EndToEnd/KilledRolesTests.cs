using Nova.Events.Cli.Running;
using Nova.Events.Cli.Up;
using Nova.Events.Cli.Verification;
using Nova.Events.Cli.Workload;
using Nova.Events.ClickHouse.Verification;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.LocalStack;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.EndToEnd;

[Collection(ServersCollection.Name)]
public sealed class KilledRolesTests(RunningServers servers)
{
    private const int Actions = 12_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Relay_and_sink_killed_again_and_again_in_mid_flow_lose_nothing_and_double_nothing()
    {
        var settings = await SettingsAsync();
        await new FleetSetup(settings).RunAsync(CancellationToken.None);
        var progress = new WorkloadProgress();
        await using var api = await RoleHost.StartAsync([Role.All.Single(role => role.Name == "api")], settings, 0, CancellationToken.None);
        var accepted = new HashSet<Guid>();
        var feeding = FeedAsync(settings, api.Address, progress, accepted);
        var relay = NovaProcess.Run("relay", settings);
        var sink = NovaProcess.Run("clickhouse-sink", settings);
        try
        {
            for (var kill = 1; kill <= 3; kill++)
            {
                await UntilAsync(() => Task.FromResult(progress.Committed >= kill * Actions / 6 || feeding.IsCompleted));
                relay = await relay.ReplaceAsync();
                await UntilAsync(() => Task.FromResult(progress.Committed >= (kill * Actions / 6) + (Actions / 12) || feeding.IsCompleted));
                sink = await sink.ReplaceAsync();
            }

            await feeding;
            var report = await DrainedAsync(settings, accepted);
            report.Hops.SelectMany(hop => hop.Examples).ShouldBeEmpty();
            report.Hops.Select(hop => hop.Present).Take(4).ShouldBe([progress.Committed, progress.Accepted, progress.Committed, progress.Accepted]);
            progress.Committed.ShouldBeGreaterThan(Actions / 2);
            progress.Accepted.ShouldBeGreaterThan(Actions / 5);
        }
        finally
        {
            await relay.DisposeAsync();
            await sink.DisposeAsync();
        }
    }

    /// <summary>Own database, slot, topics, tables and groups on the shared servers.</summary>
    private async Task<IReadOnlyList<KeyValuePair<string, string?>>> SettingsAsync()
    {
        var name = Fresh.Name("kill");
        var addresses = new ServerAddresses(await servers.CreateDatabaseAsync(), servers.Kafka, servers.ClickHouse.ToString(), servers.Redis);
        return
        [
            .. addresses.ToSettings(),
            new("Relay:Slot", name),
            new("Relay:Source", name),
            new("Relay:TopicPrefix", name + ".event."),
            new("ClickHouse:Database", name),
            new("ClickHouseSink:DomainTopicPrefix", name + ".event."),
            new("ClickHouseSink:ClientTopic", name + ".clients"),
            new("Api:ClientTopic", name + ".clients"),
            new("ClickHouseSink:Consumer:Group", name),
            // The killed member is still in the group until its session ends.
            new("ClickHouseSink:Consumer:SessionTimeout", "00:00:06"),
        ];
    }

    private static async Task FeedAsync(IReadOnlyList<KeyValuePair<string, string?>> settings, Uri api, WorkloadProgress progress, HashSet<Guid> accepted)
    {
        await using var dataSource = NpgsqlDataSource.Create(settings.Single(setting => setting.Key == "Relay:ConnectionString").Value!);
        var catalog = await WorkloadCatalog.LoadAsync(dataSource, CancellationToken.None);
        // Real data where it is there.
        var messages = Path.Combine(Clone.Root!, "..", "shared", "data", "college-msg.txt.gz");
        var actions = File.Exists(messages) ? MessageReplay.Actions(messages, catalog.Posts) : SyntheticWorkload.Actions(catalog.Posts, seed: 1);
        using var http = new HttpClient { BaseAddress = api };
        await new WorkloadRunner(dataSource, catalog, http, progress, accepted, TimeProvider.System)
            .RunAsync(actions.Take(Actions), 1000, CancellationToken.None, CancellationToken.None);
    }

    /// <summary>The first report without a fault, or the last one before the limit.</summary>
    private static async Task<VerificationReport> DrainedAsync(IReadOnlyList<KeyValuePair<string, string?>> settings, HashSet<Guid> accepted)
    {
        var verification = new FleetVerification(settings);
        VerificationReport? report = null;
        await UntilAsync(async () => (report = await verification.RunAsync(accepted, CancellationToken.None)) is { Ok: true } all && all.Hops.All(hop => hop.OnTheWay == 0), failAtLimit: false);
        return report!;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, bool failAtLimit = true)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
        {
            if (limit.IsCancellationRequested && !failAtLimit) return;
            limit.Token.ThrowIfCancellationRequested();
            await poll.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
