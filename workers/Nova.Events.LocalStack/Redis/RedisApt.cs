using Nova.Events.LocalStack.Installing;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Redis;

/// <summary>Debian's Redis.</summary>
internal sealed class RedisApt : IServerSource
{
    public string Name => "apt";

    public async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        if (RedisPrograms.Find() is null) await Apt.InstallAsync("redis-server", place.Say, cancellationToken);
        return await RedisPrograms.StartAsync(
            place, RedisPrograms.Find() ?? throw new LocalServersException("apt installed redis-server, but it is not on PATH"), cancellationToken);
    }
}
