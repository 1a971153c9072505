using Nova.Events.LocalStack.Processes;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Postgres;

/// <summary>PostgreSQL that is installed on the machine: on PATH, or the newest of Debian's.</summary>
internal sealed class PostgresPrograms : IServerSource
{
    public string Name => "programs";

    public Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken) =>
        Find() is { } programs
            ? PostgresCluster.StartAsync(place, programs, $"programs in {programs}", cancellationToken)
            : throw new LocalServersException("no postgres and initdb on PATH or in /usr/lib/postgresql/*/bin");

    public static string? Find()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var major) ? major : 0)
            : Enumerable.Empty<string>();
        // A postgres on PATH may be a link into its own folder, where initdb is.
        var onPath = Command.Find("postgres") is { } postgres ? Path.GetDirectoryName(new FileInfo(postgres).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? postgres) : null;
        return debian.Select(folder => Path.Combine(folder, "bin")).Prepend(onPath).OfType<string>()
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")));
    }
}
