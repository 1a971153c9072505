using Nova.Events.Cli.Running;
using Nova.Events.IntegrationTests.EndToEnd;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Topology;
using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Processes;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay;
using Nova.Events.Relay.Recovery;
using Shouldly;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>A relay on a PostgreSQL server of the test's own, whose files can be copied, put back, and promoted.</summary>
internal sealed class RestoreRig : IAsyncDisposable
{
    private readonly LocalServersOptions _options;
    private LocalServers _server;
    private string? _copy;

    private RestoreRig(LocalServersOptions options, LocalServers server, RelayRig relay) => (_options, _server, Relay) = (options, server, relay);

    public RelayRig Relay { get; }

    public OutboxDatabase Database => Relay.Database;

    public static async Task<RestoreRig> CreateAsync(RunningServers servers)
    {
        var options = new LocalServersOptions { DataDirectory = TestFolder.New(), Kinds = [ServerKind.Postgres], Durable = false };
        var server = await LocalServers.StartAsync(options, null, CancellationToken.None);
        try
        {
            return new RestoreRig(options, server, await RelayRig.CreateAsync(servers, server.Postgres.ConnectionString));
        }
        catch
        {
            await server.DisposeAsync();
            TestFolder.Delete(options.DataDirectory);
            throw;
        }
    }

    /// <summary>Copies the files of the stopped server, and starts it again.</summary>
    public async Task CopyAsync()
    {
        var data = await StopAsync();
        _copy = data + ".copy";
        await Command.RunAsync("cp", ["-a", data, _copy], "/", CancellationToken.None);
        await StartAsync();
    }

    /// <summary>Starts from the copy, in the place of what was written since.</summary>
    public Task PutBackAsync() => RestoreAsync(_ => { });

    /// <summary>Starts from the copy as a standby that has received no more than that, and promotes it.</summary>
    public async Task PromoteCopyAsync()
    {
        await RestoreAsync(data => File.WriteAllText(Path.Combine(data, "standby.signal"), ""));
        (await Database.ScalarAsync<bool>("SELECT pg_promote()")).ShouldBeTrue();
    }

    /// <summary>Commits an event of each type, and waits until a relay has published and confirmed them, and stopped.</summary>
    public async Task PublishAsync(params string[] types)
    {
        var enough = await Relay.LoggedAsync() + types.Length;
        await using var relay = await Relay.StartAsync();
        await EmitAsync(types);
        (await Eventually.ValueAsync(Relay.LoggedAsync, logged => logged >= enough)).ShouldBe(enough);
        await RelayRig.StopAsync(relay);
        await SlotFreeAsync();
    }

    /// <summary>As <see cref="PublishAsync"/>, by a relay that is killed before it confirms anything.</summary>
    public async Task PublishUnconfirmedAsync(params string[] types)
    {
        var enough = await Relay.LoggedAsync() + types.Length;
        await using (NovaProcess.Run("relay", [.. Relay.Settings.Where(setting => setting.Key != "Relay:StatusInterval"), new("Relay:StatusInterval", "01:00:00"), new("Relay:WalSenderTimeout", "03:00:00")]))
        {
            await EmitAsync(types);
            (await Eventually.ValueAsync(Relay.LoggedAsync, logged => logged >= enough)).ShouldBe(enough);
        }

        await SlotFreeAsync();
    }

    /// <summary>A transaction each.</summary>
    public async Task EmitAsync(params string[] types)
    {
        foreach (var type in types) await Database.EmitAsync(Messages.Post(type, type));
    }

    /// <summary>Why a relay refuses to go on, though it tries several times; where the slot stands stays, and what Kafka holds unless it <paramref name="publishes"/> first.</summary>
    public async Task<string> RefusalAsync(bool publishes = false)
    {
        var (logged, confirmed) = (await Relay.LoggedAsync(), await ConfirmedAsync());
        await using var relay = await Relay.StartAsync();
        (await RelayRig.StateAsync(relay, "failing")).ShouldBe("failing", await File.ReadAllTextAsync(Relay.LogFile));
        // By now it has failed again and again.
        await Eventually.LocalAsync(() => File.ReadAllText(Relay.LogFile).Split("connects anew").Length, failures => failures > 4);
        var reason = RelayRig.ProgressOf(relay).Reason.ShouldNotBeNull();
        await RelayRig.StopAsync(relay);
        await SlotFreeAsync();
        (await ConfirmedAsync()).ShouldBe(confirmed);
        if (!publishes) (await Relay.LoggedAsync()).ShouldBe(logged);
        return reason;
    }

    public Task<Adoption> AdoptAsync(bool commit = true) => new EraAdoption(Options, Relay.Kafka, new TopicOptions(), TimeProvider.System).RunAsync(commit, CancellationToken.None);

    public Task<RecreatedSlot> RecreateAsync() => new SlotRecreation(Options, Relay.Kafka, new TopicOptions(), TimeProvider.System).RunAsync(TimeSpan.FromHours(1), CancellationToken.None);

    /// <summary>What a consumer acts on, in the order of the positions; <paramref name="count"/> events are awaited.</summary>
    public async Task<string[]> DeliveredAsync(int count) =>
        [.. PositionRule.Deliver(await Eventually.ValueAsync(() => Relay.LogAsync(0), log => PositionRule.Deliver(log).Count >= count)).Select(RelayRig.TypeOf)];

    public async ValueTask DisposeAsync()
    {
        await Database.DataSource.DisposeAsync();
        await _server.DisposeAsync();
        TestFolder.Delete(_options.DataDirectory);
    }

    private RelayOptions Options => Settings.Read<RelayOptions>(RelayOptions.Section, Relay.Settings);

    private async Task<ulong?> ConfirmedAsync() => (await Database.Slots.FindAsync(Database.Slot))?.ConfirmedLsn;

    private async Task SlotFreeAsync() => await Eventually.ValueAsync(() => Database.Slots.FindAsync(Database.Slot), slot => slot?.ActivePid is null);

    private async Task RestoreAsync(Action<string> prepare)
    {
        var data = await StopAsync();
        Directory.Delete(data, recursive: true);
        await Command.RunAsync("cp", ["-a", _copy!, data], "/", CancellationToken.None);
        prepare(data);
        await StartAsync();
    }

    /// <summary>Stops the server as its owner would; returns where its files are.</summary>
    private async Task<string> StopAsync()
    {
        var data = await Database.ScalarAsync<string>("SHOW data_directory");
        Database.DataSource.Clear();
        await _server.DisposeAsync();
        return data;
    }

    private async Task StartAsync()
    {
        var before = Database.ConnectionString;
        _server = await LocalServers.StartAsync(_options, null, CancellationToken.None);
        _server.Postgres.ConnectionString.ShouldBe(before);
        Database.DataSource.Clear();
    }
}
