using Nova.Events.LocalStack.Processes;

namespace Nova.Events.LocalStack.Installing;

/// <summary>Debian packages, by <c>packages/apt.sh</c> of this project.</summary>
internal static class Apt
{
    private static readonly SemaphoreSlim OneAtATime = new(1);

    public static async Task InstallAsync(string package, Action<string> say, CancellationToken cancellationToken)
    {
        if (Command.Find("apt-get") is null) throw new LocalServersException($"{package} would come from apt, and this system has no apt-get");
        if (!Signals.IsRoot) throw new LocalServersException($"{package} is not installed and we are not root: sudo apt-get install {package}");
        await OneAtATime.WaitAsync(cancellationToken);
        try
        {
            say($"installing {package} (apt)");
            var script = Path.Combine(AppContext.BaseDirectory, "packages", "apt.sh");
            await Command.RunAsync("bash", [script, package], "/", cancellationToken);
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}
