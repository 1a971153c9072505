using Nova.Events.Cli.Running;
using Nova.Events.LocalStack.Processes;
using Npgsql;

namespace Nova.Events.ChaosTests.Servers;

/// <summary>One relay in a process of its own, as it is shipped: <c>nova run relay</c>.</summary>
internal sealed class RelayProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private RelayProcess(string name, ProcessSpec spec)
    {
        (Name, LogFile) = (name, spec.LogFile);
        _process = new ServerProcess(spec, static _ => Task.FromResult(true), Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    /// <summary>Its name, and that of its sessions in the database.</summary>
    public string Name { get; }

    public string LogFile { get; }

    public bool IsRunning => _process.IsRunning;

    /// <param name="name">Its name.</param>
    /// <param name="folder">Its log.</param>
    /// <param name="database">As it reaches it.</param>
    /// <param name="bootstrapServers">As it reaches the broker.</param>
    public static RelayProcess Prepare(string name, string folder, NpgsqlConnectionStringBuilder database, string bootstrapServers) => new(name, new ProcessSpec
    {
        Program = Command.Dotnet,
        Arguments = [typeof(Role).Assembly.Location, "run", "relay", "--port", "0"],
        Folder = Directory.CreateDirectory(folder).FullName,
        Environment = new Dictionary<string, string>
        {
            ["NOVA_RELAY__CONNECTIONSTRING"] = new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = name }.ConnectionString,
            ["NOVA_RELAY__SLOT"] = ChaosServers.Name,
            ["NOVA_RELAY__SOURCE"] = ChaosServers.Name,
            ["NOVA_RELAY__TOPICPREFIX"] = ChaosServers.TopicPrefix,
            // Oversize records are put aside, and the relay goes on.
            ["NOVA_RELAY__POISON"] = "DeadLetter",
            // As short as the server's patience, so that a cut is noticed within one fault.
            ["NOVA_RELAY__HEARTBEATINTERVAL"] = "00:00:01",
            ["NOVA_RELAY__HEARTBEATTIMEOUT"] = "00:00:06",
            ["NOVA_KAFKA__BOOTSTRAPSERVERS"] = bootstrapServers,
        },
    });

    public Task StartAsync(CancellationToken cancellationToken) => _process.StartAsync(cancellationToken);

    public Task KillAsync() => _process.KillAsync(CancellationToken.None);

    public void Freeze() => _process.Freeze();

    public void Thaw() => _process.Thaw();

    public async ValueTask DisposeAsync() => await KillAsync();
}
