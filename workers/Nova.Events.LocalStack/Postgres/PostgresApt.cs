using Nova.Events.LocalStack.Installing;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Postgres;

/// <summary>Debian's PostgreSQL.</summary>
internal sealed class PostgresApt : IServerSource
{
    public string Name => "apt";

    public async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        if (PostgresPrograms.Find() is null) await Apt.InstallAsync("postgresql", place.Say, cancellationToken);
        var programs = PostgresPrograms.Find() ?? throw new LocalServersException("apt installed postgresql, but /usr/lib/postgresql/*/bin has no postgres and initdb");
        return await PostgresCluster.StartAsync(place, programs, $"Debian package in {programs}", cancellationToken);
    }
}
