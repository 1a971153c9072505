using System.Collections.Concurrent;
using Nova.Events.LocalStack.Files;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack;

/// <summary>The servers of a trial or a test run: started together, ended together, gone when our process is gone.</summary>
public sealed class LocalServers : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly ConcurrentDictionary<ServerKind, RunningServer> _running = new();
    private readonly IProgress<ServerReport>? _progress;

    private LocalServers(DataFolder folder, IProgress<ServerReport>? progress)
    {
        _folder = folder;
        _progress = progress;
    }

    /// <summary>Where data, logs and ports are.</summary>
    public string DataDirectory => _folder.Path;

    /// <summary>PostgreSQL.</summary>
    public PostgresServer Postgres => Get(ServerKind.Postgres).AsPostgres();

    /// <summary>Kafka.</summary>
    public KafkaServer Kafka => Get(ServerKind.Kafka).AsKafka();

    /// <summary>ClickHouse.</summary>
    public ClickHouseServer ClickHouse => Get(ServerKind.ClickHouse).AsClickHouse();

    /// <summary>Redis.</summary>
    public RedisServer Redis => Get(ServerKind.Redis).AsRedis();

    /// <summary>Starts the servers side by side, each from the first source that works, and returns when all answer.</summary>
    /// <exception cref="LocalServersException">One of them could not be had; those that had started are ended.</exception>
    public static async Task<LocalServers> StartAsync(LocalServersOptions options, IProgress<ServerReport>? progress, CancellationToken cancellationToken)
    {
        var orders = options.Kinds.ToDictionary(kind => kind, kind => SourceOrder.For(kind, options, Environment.GetEnvironmentVariable));
        var servers = new LocalServers(DataFolder.Open(options.DataDirectory, options.Fresh, options.Kinds), progress);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var ports = new PortBook(servers.DataDirectory);
            var starts = orders.Select(order => servers.StartOneAsync(order.Key, order.Value, ports, options, failed)).ToArray();
            await Task.WhenAll(starts);
            return servers;
        }
        catch (Exception)
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Process id of one of our servers.</summary>
    /// <exception cref="InvalidOperationException">The server is not our child process, or does not run.</exception>
    public int ProcessId(ServerKind kind) => OurProcess(kind).Id;

    /// <summary>SIGKILL to one of our servers and its children, as a crash would.</summary>
    /// <exception cref="InvalidOperationException">The server is not our child process.</exception>
    public Task KillAsync(ServerKind kind, CancellationToken cancellationToken) => OurProcess(kind).KillAsync(cancellationToken);

    /// <summary>Starts a killed server again, on the same port and data.</summary>
    /// <exception cref="InvalidOperationException">The server is not our child process, or keeps its data in memory.</exception>
    public Task ResumeAsync(ServerKind kind, CancellationToken cancellationToken) =>
        Get(kind).Limits is { } limits
            ? throw new InvalidOperationException($"The mock cluster cannot resume: {limits}")
            : OurProcess(kind).StartAsync(cancellationToken);

    /// <summary>True where one of our servers has ended by itself.</summary>
    /// <exception cref="InvalidOperationException">The server is not our child process.</exception>
    public bool HasEnded(ServerKind kind) => OurProcess(kind).HasEnded;

    /// <summary>SIGSTOP to one of our servers and its children: it keeps its connections and answers nobody.</summary>
    /// <exception cref="InvalidOperationException">The server is not our child process.</exception>
    public void Freeze(ServerKind kind) => OurProcess(kind).Freeze();

    /// <summary>Lets a frozen server go on.</summary>
    /// <exception cref="InvalidOperationException">The server is not our child process.</exception>
    public void Thaw(ServerKind kind) => OurProcess(kind).Thaw();

    /// <summary>Ends our servers, in order and within bounds; data stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_running.Select(async server =>
        {
            if (!server.Value.IsOurs) return;
            await server.Value.StopAsync();
            _progress?.Report(new ServerReport(server.Key, ServerStage.Stopped, "ended"));
        }));
        _running.Clear();
        _folder.Dispose();
    }

    private async Task StartOneAsync(ServerKind kind, IReadOnlyList<IServerSource> order, PortBook ports, LocalServersOptions options, CancellationTokenSource failed)
    {
        await Task.Yield();
        try
        {
            var name = kind.ToString().ToLowerInvariant();
            var port = order[0] is GivenAddress ? 0 : ports.Take(name, options.Ports.TryGetValue(kind, out var wanted) ? wanted : null);
            var place = new ServerPlace(kind, _folder.Of(kind), port, further => ports.Take($"{name}-{further}"), options, text => Report(kind, ServerStage.Preparing, text), TimeProvider.System);
            var server = _running[kind] = await FirstOfAsync(order, place, failed.Token);
            Report(kind, ServerStage.Ready, server.Origin);
            if (server.Limits is { } limits) Report(kind, ServerStage.Limited, limits);
        }
        catch (Exception)
        {
            await failed.CancelAsync();
            throw;
        }
    }

    private async Task<RunningServer> FirstOfAsync(IReadOnlyList<IServerSource> order, ServerPlace place, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        foreach (var source in order)
        {
            try
            {
                return await source.StartAsync(place, cancellationToken);
            }
            catch (LocalServersException reason)
            {
                if (source is GivenAddress) throw;
                Report(place.Kind, ServerStage.SourceFailed, $"{source.Name}: {reason.Message}");
                reasons.Add($"  {source.Name}: {reason.Message}");
            }
        }
        throw new LocalServersException(
            $"No {place.Kind} could be had. Make one of these work, or give an address in NOVA_{place.Kind.ToString().ToUpperInvariant()}:\n{string.Join('\n', reasons)}");
    }

    private void Report(ServerKind kind, ServerStage stage, string text) => _progress?.Report(new ServerReport(kind, stage, text));

    private RunningServer Get(ServerKind kind) =>
        _running.TryGetValue(kind, out var server) ? server : throw new InvalidOperationException($"{kind} was not among the servers to start.");

    private Processes.ServerProcess OurProcess(ServerKind kind) =>
        Get(kind) is { Process: { } process } ? process : throw new InvalidOperationException($"{kind} is not our process ({Get(kind).Origin}), so it is not killed or resumed from here.");
}
