using System.Net.Sockets;
using Nova.Events.ChaosTests.Faults;
using Nova.Events.Cli.Commands;
using Nova.Events.LocalStack;

namespace Nova.Events.ChaosTests.Servers;

/// <summary>Kafka, another server, and the network between them and the members of a fleet, all of which can be killed, frozen or cut.</summary>
internal sealed class ChaosServers : IAsyncDisposable
{
    /// <summary>A killed broker may come back once its last session has ended; by default that takes 9 s of every kill. Groups may have short sessions.</summary>
    private static readonly Dictionary<string, string> Broker = new()
    {
        ["broker.session.timeout.ms"] = "3000",
        ["broker.heartbeat.interval.ms"] = "500",
        ["group.min.session.timeout.ms"] = "1000",
    };

    private readonly ServerKind _store;
    private readonly IReadOnlyList<string> _members;
    private readonly ProxyPorts? _ports;
    private readonly SemaphoreSlim _ending = new(1);
    private Toxiproxy? _network;

    private ChaosServers(LocalServers local, ServerKind store, IReadOnlyList<string> members, ProxyPorts? ports) =>
        (Local, _store, _members, _ports) = (local, store, members, ports);

    /// <summary>The servers themselves, whose ways are never cut.</summary>
    public LocalServers Local { get; }

    /// <summary>The broker as everybody but the members reaches it.</summary>
    public string BootstrapServers => Local.Kafka.BootstrapServers;

    /// <summary>Starts the servers on the data of <paramref name="folder"/>.</summary>
    /// <param name="folder">Data, logs and ports.</param>
    /// <param name="store">The server beside Kafka.</param>
    /// <param name="members">Processes with ways of their own to both servers.</param>
    /// <param name="fresh">True deletes what is there.</param>
    /// <param name="cuts">True makes ways that can be cut.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<ChaosServers> StartAsync(
        string folder, ServerKind store, IReadOnlyList<string> members, bool fresh, bool cuts, CancellationToken cancellationToken)
    {
        // Servers that somebody else runs are not killed.
        Environment.SetEnvironmentVariable($"NOVA_{store.ToString().ToUpperInvariant()}", null);
        Environment.SetEnvironmentVariable("NOVA_KAFKA", null);
        var ports = cuts ? ProxyPorts.Of(folder, members, store) : null;
        var local = await LocalServers.StartAsync(
            new LocalServersOptions
            {
                DataDirectory = folder,
                Kinds = [store, ServerKind.Kafka],
                Fresh = fresh,
                // SIGKILL of a process loses nothing without fsync; only a power cut would.
                Durable = false,
                KafkaSettings = Broker,
                KafkaListeners = ports is null ? [] : [.. members.Select(ports.Listener)],
            },
            new Running.Say(),
            cancellationToken);
        if (fresh) ChaosFolder.DeleteRun(folder, members);
        if (!local.Kafka.IsMock) return new ChaosServers(local, store, members, ports);
        await local.DisposeAsync();
        throw new CommandException("Chaos needs a real Kafka broker; here is only librdkafka's mock. Set KAFKA_HOME to an installation.");
    }

    /// <summary>Opens the ways that can be cut.</summary>
    public async Task ConnectAsync(string toxiproxy, CancellationToken cancellationToken)
    {
        _network = await Toxiproxy.StartAsync(toxiproxy, Path.Combine(Local.DataDirectory, "network"), _ports!.Api, cancellationToken);
        foreach (var member in _members)
        {
            var listener = _ports.Listener(member);
            await CheckListensAsync(listener, cancellationToken);
            await _network.AddAsync(ProxyPorts.Way(member, _store), _ports.Store(member), StorePort);
            await _network.AddAsync(ProxyPorts.Way(member, ServerKind.Kafka), listener.ProxyPort, listener.Port);
        }
    }

    /// <summary>The broker as a member reaches it.</summary>
    public string KafkaOf(string member) => _ports is null ? BootstrapServers : $"127.0.0.1:{_ports.Listener(member).ProxyPort}";

    /// <summary>Port of the other server as a member reaches it.</summary>
    public int StorePortOf(string member) => _ports?.Store(member) ?? StorePort;

    public async Task KillAsync(ServerKind kind)
    {
        await _ending.WaitAsync();
        try
        {
            await Local.KillAsync(kind, CancellationToken.None);
        }
        finally
        {
            _ending.Release();
        }
    }

    /// <summary>Starts the server again where it has ended by itself, as a service manager does; true then.</summary>
    public async Task<bool> ReviveAsync(ServerKind kind)
    {
        await _ending.WaitAsync();
        try
        {
            if (!Local.HasEnded(kind)) return false;
            await Local.ResumeAsync(kind, CancellationToken.None);
            return true;
        }
        finally
        {
            _ending.Release();
        }
    }

    public Task ResumeAsync(ServerKind kind) => Local.ResumeAsync(kind, CancellationToken.None);

    /// <summary>Cuts the ways of <paramref name="members"/>: to the fault's target, or to both servers where it is a member itself.</summary>
    public async Task CutAsync(PlannedFault fault, IEnumerable<string> members)
    {
        foreach (var member in members)
        {
            if (fault.Kind.Target != FaultTarget.Kafka) await _network!.CutAsync(ProxyPorts.Way(member, _store), fault);
            if (fault.Kind.Target is not (FaultTarget.Postgres or FaultTarget.ClickHouse)) await _network!.CutAsync(ProxyPorts.Way(member, ServerKind.Kafka), fault);
        }
    }

    /// <summary>What a member sends to the server beside Kafka arrives so much later.</summary>
    public Task HoldAsync(string member, TimeSpan delay) => _network!.HoldAsync(ProxyPorts.Way(member, _store), delay);

    public Task HealAsync() => _network?.HealAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_network is not null) await _network.DisposeAsync();
        await Local.DisposeAsync();
        _ending.Dispose();
    }

    private int StorePort => _store == ServerKind.Postgres ? new Npgsql.NpgsqlConnectionStringBuilder(Local.Postgres.ConnectionString).Port : Local.ClickHouse.Http.Port;

    private static async Task CheckListensAsync(ProxiedListener listener, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", listener.Port, cancellationToken);
        }
        catch (SocketException)
        {
            throw new CommandException("This Kafka has no listener behind a proxy; only one that runs from jars has. Set KAFKA_HOME to an installation, or take toxiproxy-server off PATH: then nothing is cut.");
        }
    }
}
