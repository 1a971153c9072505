using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nova.Events.Api.Sources;

/// <summary>The two sources that answers are read from, each behind its breaker.</summary>
internal sealed class ReadSources(IOptions<ApiOptions> options, TimeProvider time, ILogger<ReadSources> logger)
{
    /// <summary>The caches. Commands carry a time limit of their own; this one is for connecting.</summary>
    public SourceBreaker Redis { get; } = new("Redis", TimeSpan.FromSeconds(3), options.Value.BreakDuration, time, logger);

    /// <summary>What the caches are built from.</summary>
    public SourceBreaker ClickHouse { get; } = new("ClickHouse", options.Value.QueryTimeout, options.Value.BreakDuration, time, logger);
}
