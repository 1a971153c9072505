using Microsoft.Extensions.Logging;

namespace Nova.Events.Relay;

/// <summary>Log catalogue of the relay, 5000–5099.</summary>
internal static partial class RelayLog
{
    [LoggerMessage(5000, LogLevel.Information, "relay {Source} reads slot {Slot} in era {Era}, {Partitions} partitions already hold its records")]
    public static partial void Started(ILogger logger, string source, string slot, ushort era, int partitions);

    [LoggerMessage(5001, LogLevel.Information, "relay {Source} ended a session, outcome={Outcome} published={Published} skipped={Skipped} confirmed={Confirmed} elapsed_ms={ElapsedMs}")]
    public static partial void Ended(ILogger logger, string source, string outcome, long published, long skipped, string confirmed, double elapsedMs);

    [LoggerMessage(5003, LogLevel.Warning, "relay {Source} stands by: {Reason}")]
    public static partial void StandingBy(ILogger logger, string source, string reason);

    [LoggerMessage(5004, LogLevel.Error, "relay {Source} failed, connects anew in {DelayMs} ms: {Reason}")]
    public static partial void Failed(ILogger logger, Exception exception, string source, double delayMs, string reason);

    [LoggerMessage(5005, LogLevel.Warning, "heartbeat into the WAL of {Source} failed: {Reason}")]
    public static partial void HeartbeatFailed(ILogger logger, string source, string reason);

    [LoggerMessage(5006, LogLevel.Warning, "relay {Source} put the record at {Position} for topic {Topic} aside, kind={Kind} policy={Policy}: {Reason}")]
    public static partial void Parked(ILogger logger, string source, string position, string topic, string kind, string policy, string reason);
}
