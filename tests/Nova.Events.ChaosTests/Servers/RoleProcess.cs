using Nova.Events.Cli.Running;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.ChaosTests.Servers;

/// <summary>One member of the fleet in a process of its own, as it is shipped: <c>nova run ROLE</c>.</summary>
internal sealed class RoleProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;

    /// <param name="name">Its name.</param>
    /// <param name="role">What it runs.</param>
    /// <param name="folder">Its log.</param>
    /// <param name="settings">Environment variables of its configuration.</param>
    public RoleProcess(string name, string role, string folder, IReadOnlyDictionary<string, string> settings)
    {
        var spec = new ProcessSpec
        {
            Program = Command.Dotnet,
            Arguments = [typeof(Role).Assembly.Location, "run", role, "--port", "0"],
            Folder = Directory.CreateDirectory(folder).FullName,
            Environment = settings,
        };
        (Name, LogFile) = (name, spec.LogFile);
        _process = new ServerProcess(spec, static _ => Task.FromResult(true), Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    public string Name { get; }

    public string LogFile { get; }

    public bool IsRunning => _process.IsRunning;

    public Task StartAsync(CancellationToken cancellationToken) => _process.StartAsync(cancellationToken);

    public Task KillAsync() => _process.KillAsync(CancellationToken.None);

    /// <summary>Asks it to end; returns when it has, within bounds.</summary>
    public Task StopAsync() => _process.StopAsync();

    public void Freeze() => _process.Freeze();

    public void Thaw() => _process.Thaw();

    public async ValueTask DisposeAsync() => await KillAsync();
}
