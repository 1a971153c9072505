using Microsoft.AspNetCore.Builder;
using Nova.Events.Api;
using Nova.Events.CacheProjector;
using Nova.Events.ClickHouseSink;
using Nova.Events.Relay;

namespace Nova.Events.Cli.Running;

/// <summary>A role of the fleet: what it adds to a host, and what it answers over HTTP beyond health and metrics.</summary>
internal sealed record Role(string Name, Action<WebApplicationBuilder> Add, Action<WebApplication> Map)
{
    /// <summary>All roles, in the order of the flow.</summary>
    public static IReadOnlyList<Role> All { get; } =
    [
        new("relay", host => host.Services.AddRelay(host.Configuration), _ => { }),
        new("clickhouse-sink", host => host.Services.AddClickHouseSink(host.Configuration), _ => { }),
        new("cache-projector", host => host.Services.AddCacheProjector(host.Configuration), _ => { }),
        new("api", host => host.Services.AddNovaApi(host.Configuration), app => app.MapNovaApi()),
    ];
}
