using Microsoft.Extensions.Logging;

namespace Nova.Events.ClickHouseSink;

/// <summary>Log catalogue of the sink's worker, 6000–6099.</summary>
internal static partial class SinkLog
{
    [LoggerMessage(6000, LogLevel.Information, "clickhouse-sink started: group {Group}, topics {Topics}")]
    public static partial void Started(ILogger logger, string group, string topics);

    [LoggerMessage(6001, LogLevel.Error, "clickhouse-sink starts over in {Delay}: {Reason}")]
    public static partial void Failed(ILogger logger, TimeSpan delay, string reason, Exception exception);

    [LoggerMessage(6002, LogLevel.Information, "clickhouse-sink stopped")]
    public static partial void Stopped(ILogger logger);
}
