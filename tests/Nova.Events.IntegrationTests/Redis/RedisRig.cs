using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Redis;

namespace Nova.Events.IntegrationTests.Redis;

/// <summary>A connection to the shared Redis, and a tenant that no other test has.</summary>
internal sealed class RedisRig(RunningServers servers) : IDisposable
{
    public RedisConnection Connection { get; } = new(new RedisOptions { Configuration = servers.Redis, CommandTimeout = TimeSpan.FromSeconds(10) });

    public string Tenant { get; } = Fresh.Name("t");

    public VersionedCache Cache => new(Connection);

    public RankedLists Lists => new(Connection);

    public SuggestionLists Suggestions => new(Connection, TimeProvider.System);

    public Task<long> RemainingMillisecondsAsync(string key) =>
        Connection.RunAsync(async database => (long)(await database.KeyTimeToLiveAsync(key) ?? TimeSpan.Zero).TotalMilliseconds, CancellationToken.None);

    public void Dispose() => Connection.Dispose();
}
