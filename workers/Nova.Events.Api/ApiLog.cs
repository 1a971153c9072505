using Microsoft.Extensions.Logging;

namespace Nova.Events.Api;

/// <summary>Log catalogue of the API, 6200–6299.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(6200, LogLevel.Information, "{Method} {Route} answered, status={Status} elapsed_ms={ElapsedMs}")]
    public static partial void Request(ILogger logger, string method, string route, int status, double elapsedMs);

    [LoggerMessage(6201, LogLevel.Error, "{Method} {Route} failed")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, string route);

    [LoggerMessage(6202, LogLevel.Warning, "{Method} {Route} cannot be served: {Reason}")]
    public static partial void SourceAway(ILogger logger, string method, string route, string reason);

    [LoggerMessage(6210, LogLevel.Information, "client events, accepted={Accepted} rejected={Rejected} unacknowledged={Unacknowledged} elapsed_ms={ElapsedMs}")]
    public static partial void EventsTaken(ILogger logger, int accepted, int rejected, int unacknowledged, double elapsedMs);

    [LoggerMessage(6220, LogLevel.Warning, "circuit of {Source} is {State}: {Reason}")]
    public static partial void Circuit(ILogger logger, string source, string state, string reason);

    [LoggerMessage(6230, LogLevel.Warning, "{Cache} of a user was not cached: {Reason}")]
    public static partial void NotCached(ILogger logger, string cache, string reason);
}
