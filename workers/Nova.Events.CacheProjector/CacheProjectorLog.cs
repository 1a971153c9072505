using Microsoft.Extensions.Logging;

namespace Nova.Events.CacheProjector;

/// <summary>Log catalogue of the cache projector, 6100–6199.</summary>
internal static partial class CacheProjectorLog
{
    [LoggerMessage(6100, LogLevel.Information, "job {Job} ended, outcome={Outcome} tenants={Tenants} lists={Lists} items={Items} elapsed_ms={ElapsedMs}")]
    public static partial void JobEnded(ILogger logger, string job, string outcome, int tenants, int lists, int items, double elapsedMs);

    [LoggerMessage(6101, LogLevel.Warning, "job {Job} failed, readers keep the last lists, outcome={Outcome} elapsed_ms={ElapsedMs}: {Reason}")]
    public static partial void JobFailed(ILogger logger, string job, string outcome, double elapsedMs, string reason);

    [LoggerMessage(6102, LogLevel.Debug, "job {Job} left to the elected builder, outcome={Outcome}")]
    public static partial void JobLeft(ILogger logger, string job, string outcome);

    [LoggerMessage(6110, LogLevel.Information, "elected as builder of the lists, fence={Fence}")]
    public static partial void Elected(ILogger logger, long fence);

    [LoggerMessage(6111, LogLevel.Warning, "no longer the builder of the lists")]
    public static partial void Deposed(ILogger logger);

    [LoggerMessage(6112, LogLevel.Warning, "election of the builder failed, tried again in {DelayMs} ms: {Reason}")]
    public static partial void ElectionFailed(ILogger logger, double delayMs, string reason);

    [LoggerMessage(6121, LogLevel.Debug, "preferences of a user invalidated, outcome={Outcome} version={Version} partition={Partition} offset={Offset}")]
    public static partial void Invalidated(ILogger logger, string outcome, long version, int partition, long offset);
}
