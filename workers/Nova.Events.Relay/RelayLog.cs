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

    [LoggerMessage(5030, LogLevel.Warning, "relay {Source} does not capture {Table} as it should: {Reason}")]
    public static partial void CaptureRefused(ILogger logger, string source, string table, string reason);

    [LoggerMessage(5020, LogLevel.Information, "relay {Source} made {Partitions} partitions of the outbox ahead")]
    public static partial void PartitionsMade(ILogger logger, string source, int partitions);

    [LoggerMessage(5021, LogLevel.Information, "relay {Source} dropped the outbox's partition of {Day}: published, and older than Relay:OutboxRetention")]
    public static partial void PartitionDropped(ILogger logger, string source, DateOnly day);

    [LoggerMessage(5022, LogLevel.Warning, "relay {Source} can't drop {Partitions} partitions of the outbox that are older than Relay:OutboxRetention, the oldest of {Day}, reason={Reason}: {Detail}")]
    public static partial void PartitionsOverdue(ILogger logger, string source, int partitions, DateOnly day, string reason, string detail);

    [LoggerMessage(5023, LogLevel.Warning, "the outbox of {Source} has {Rows} rows in nova.outbox_default: partitions were not made ahead, or a writer set created_at; docs/emitting.md says how to empty it")]
    public static partial void DefaultPartitionInUse(ILogger logger, string source, long rows);

    [LoggerMessage(5024, LogLevel.Error, "retention of the outbox of {Source} failed, it is tried again: {Reason}")]
    public static partial void RetentionFailed(ILogger logger, Exception exception, string source, string reason);

    [LoggerMessage(5060, LogLevel.Information, "relay {Source} polls, poller={Poller}")]
    public static partial void PollingStarted(ILogger logger, string source, string poller);

    [LoggerMessage(5061, LogLevel.Information, "relay {Source} ended a session, outcome={Outcome} published={Published} elapsed_ms={ElapsedMs}")]
    public static partial void PollingEnded(ILogger logger, string source, string outcome, long published, double elapsedMs);

    [LoggerMessage(5062, LogLevel.Information, "relay {Source} owns {Buckets} buckets, poller={Poller}")]
    public static partial void BucketsOwned(ILogger logger, string source, int buckets, string poller);

    [LoggerMessage(5063, LogLevel.Warning, "relay {Source} polls, and slot {Slot} keeps WAL that nobody reads: drop it with 'nova slot drop --yes', or go back to Relay:Mode=Wal")]
    public static partial void SlotUnread(ILogger logger, string source, string slot);

    [LoggerMessage(5064, LogLevel.Warning, "relay {Source} lost {Buckets} buckets to another relay, poller={Poller}: it was frozen, or the database away, for longer than Relay:Polling:LeaseLength")]
    public static partial void LeaseLost(ILogger logger, string source, int buckets, string poller);

    [LoggerMessage(5065, LogLevel.Error, "relay {Source} halts bucket {Bucket} in front of a record for topic {Topic}, kind={Kind}: {Reason}")]
    public static partial void BucketHalted(ILogger logger, string source, short bucket, string topic, string kind, string reason);

    [LoggerMessage(5066, LogLevel.Warning, "relay {Source} could not measure the queue: {Reason}")]
    public static partial void MeasureFailed(ILogger logger, string source, string reason);

    [LoggerMessage(5040, LogLevel.Information, "relay {Source} reads {Table}, snapshot={Id} rows_before={Rows}")]
    public static partial void SnapshotStarted(ILogger logger, string source, string table, long id, long rows);

    [LoggerMessage(5041, LogLevel.Information, "relay {Source} has published all of {Table}, snapshot={Id}")]
    public static partial void SnapshotEnded(ILogger logger, string source, string table, long id);

    [LoggerMessage(5042, LogLevel.Error, "relay {Source} gave the snapshot of {Table} up, snapshot={Id}: {Reason}")]
    public static partial void SnapshotFailed(ILogger logger, string source, string table, long id, string reason);

    [LoggerMessage(5043, LogLevel.Warning, "relay {Source} was interrupted in the snapshot of {Table}, it goes on from its last chunk, snapshot={Id}: {Reason}")]
    public static partial void SnapshotInterrupted(ILogger logger, string source, string table, long id, string reason);

    [LoggerMessage(5044, LogLevel.Warning, "relay {Source} can't look for snapshots: {Reason}")]
    public static partial void SnapshotsUnavailable(ILogger logger, string source, string reason);
}
