using Microsoft.Extensions.Logging;

namespace Nova.Events.Kafka;

/// <summary>Log catalogue of the consumers, 2000–2999.</summary>
internal static partial class KafkaLog
{
    [LoggerMessage(2000, LogLevel.Warning, "Kafka client of {Group}: {Code}: {Reason}")]
    public static partial void ClientError(ILogger logger, string group, string code, string reason);

    [LoggerMessage(2001, LogLevel.Debug, "librdkafka {Facility}: {Text}")]
    public static partial void ClientMessage(ILogger logger, string facility, string text);

    [LoggerMessage(2002, LogLevel.Information, "{Group} took {Topic}:{Partition} at offset {Offset}, intent up to {IntentLast}")]
    public static partial void Assigned(ILogger logger, string group, string topic, int partition, long offset, long? intentLast);

    [LoggerMessage(2003, LogLevel.Information, "{Group} gave up {Topic}:{Partition}, {Outcome}")]
    public static partial void Released(ILogger logger, string group, string topic, int partition, string outcome);

    [LoggerMessage(2004, LogLevel.Error, "{Group} could not go on with {Topic}:{Partition}; whoever has it next goes on from what is committed: {Reason}")]
    public static partial void LaneFailed(ILogger logger, string group, string topic, int partition, string reason, Exception exception);

    [LoggerMessage(2005, LogLevel.Error, "topic-replaced: {Group} does not read {Topic}:{Partition}, the others are read: {Reason}")]
    public static partial void TopicReplaced(ILogger logger, string group, string topic, int partition, string reason);

    [LoggerMessage(2010, LogLevel.Information, "batch {Topic}:{Partition} {First}-{Last} rows={Rows} repeats={Repeats} rejected={Rejected} flush={Flush} outcome={Outcome} category=insert elapsed_ms={ElapsedMs}")]
    public static partial void Batch(
        ILogger logger, string topic, int partition, long first, long last, int rows, int repeats, int rejected, string flush, string outcome, double elapsedMs);

    [LoggerMessage(2011, LogLevel.Warning, "insert of {Token} into {Table} is tried again (attempt {Attempt}): {Reason}")]
    public static partial void InsertRetried(ILogger logger, string token, string table, int attempt, string reason);

    [LoggerMessage(2012, LogLevel.Error, "insert of {Token} into {Table} needs an operator (attempt {Attempt}): {Reason}")]
    public static partial void InsertBlocked(ILogger logger, string token, string table, int attempt, string reason);

    [LoggerMessage(2013, LogLevel.Warning, "{Asked} does not answer what must be known before anything is inserted (attempt {Attempt}): {Reason}")]
    public static partial void TargetUnanswered(ILogger logger, string asked, int attempt, string reason);

    [LoggerMessage(2020, LogLevel.Error, "sink-intent-changed: {Topic}:{Partition} {First}-{Last} encodes to other bytes than the committed intent ({Rows} rows, intended {IntendedRows}); only what the table lacks is inserted. Check the hours of this range with `nova verify`")]
    public static partial void IntentChanged(ILogger logger, string topic, int partition, long first, long last, int rows, int intendedRows);

    [LoggerMessage(2021, LogLevel.Error, "sink-table-ahead: {Table} holds {Topic}:{Partition} up to offset {Highest}, beyond committed offset {Committed} and its intent; only what it lacks is inserted. Check with `nova verify`")]
    public static partial void TableAhead(ILogger logger, string table, string topic, int partition, long highest, long committed);

    [LoggerMessage(2022, LogLevel.Error, "retention-overtook: {Topic}:{Partition} was to be read from {Wanted}, its log begins at {LogStart}; the records between are gone")]
    public static partial void RetentionOvertook(ILogger logger, string topic, int partition, long wanted, long logStart);

    [LoggerMessage(2023, LogLevel.Information, "repair of {Topic}:{Partition} {First}-{Last}: the table holds {Stored} rows of it, {Missing} are inserted")]
    public static partial void Repairing(ILogger logger, string topic, int partition, long first, long last, int stored, int missing);

    [LoggerMessage(2024, LogLevel.Error, "sink-range-changed: the log no longer gives the records of {Topic}:{Partition} {First}-{Last} that became rows which the server refuses; what it refuses cannot be taken out. Mend the table so that it takes them")]
    public static partial void RangeChanged(ILogger logger, string topic, int partition, long first, long last);

    [LoggerMessage(2025, LogLevel.Information, "{RetryTopic} waits (attempt {Attempt}): it holds a dead letter of {Topic}:{Partition}:{Offset}, which the group has not committed past")]
    public static partial void RedriveWaits(ILogger logger, string retryTopic, string topic, int partition, long offset, int attempt);

    [LoggerMessage(2026, LogLevel.Warning, "{RetryTopic} still waits (attempt {Attempt}) for the group to commit past {Topic}:{Partition}:{Offset}: is that partition read, and does anything follow in it?")]
    public static partial void RedriveStillWaits(ILogger logger, string retryTopic, string topic, int partition, long offset, int attempt);

    [LoggerMessage(2027, LogLevel.Error, "too-many-sources: {Topic}:{Partition} has records of more than {MaxSources} sources; those of '{Source}' and of any further one count as without a position: {Group} handles their repeats again. Who writes to this topic under that name?")]
    public static partial void SourceUncounted(ILogger logger, string topic, int partition, int maxSources, string source, string group);

    [LoggerMessage(2030, LogLevel.Warning, "dead letter {Topic}:{Partition}:{Offset} of {Group}: {Reason}")]
    public static partial void DeadLetter(ILogger logger, string topic, int partition, long offset, string group, string reason);

    [LoggerMessage(2031, LogLevel.Error, "{Topic}:{Partition}:{Offset} could not be written to {Target}, its partition waits: {Reason}")]
    public static partial void SettingAsideFailed(ILogger logger, string topic, int partition, long offset, string target, string reason);

    [LoggerMessage(2032, LogLevel.Warning, "{Topic}:{Partition}:{Offset} is handled again (attempt {Attempt}): {Reason}")]
    public static partial void Retried(ILogger logger, string topic, int partition, long offset, int attempt, string reason);

    [LoggerMessage(2033, LogLevel.Error, "{Topic}:{Partition}:{Offset} could not be set aside and is tried again: {Reason}")]
    public static partial void SetAsideAgain(ILogger logger, Exception exception, string topic, int partition, long offset, string reason);

    [LoggerMessage(2034, LogLevel.Error, "a callback of a handler of {Group} threw when {Topic}:{Partition} was taken away: {Reason}")]
    public static partial void CancellationThrew(ILogger logger, Exception exception, string group, string topic, int partition, string reason);

    [LoggerMessage(2035, LogLevel.Error, "offset-beyond-log: {Topic}:{Partition} ends at {LogEnd}, before {Committed} which {Group} has committed: the topic was made anew, or has lost its end. The partition is not read, the others are. Stop the members of the group, set its offset there (kafka-consumer-groups --reset-offsets --execute with that --group and --topic, and --to-earliest for what the log holds, or --to-latest for what comes), and start them again")]
    public static partial void BeyondLog(ILogger logger, string topic, int partition, long logEnd, long committed, string group);

    [LoggerMessage(2036, LogLevel.Warning, "{Group} has policies of both kinds: a record that rests in its retry topic for up to {Seconds} s holds up the records of parked keys behind it. Give the topics groups of their own where that is too long")]
    public static partial void DelayHoldsOthers(ILogger logger, string group, double seconds);

    [LoggerMessage(2037, LogLevel.Warning, "{Topic}:{Partition} is read once it has a leader: where its log begins and ends can't be told now ({Reason})")]
    public static partial void ExtentUnknown(ILogger logger, string topic, int partition, string reason);

    [LoggerMessage(2040, LogLevel.Warning, "commit of {Topic}:{Partition} at {Offset} is tried again: {Reason}")]
    public static partial void CommitRetried(ILogger logger, string topic, int partition, long offset, string reason);

    [LoggerMessage(2041, LogLevel.Error, "the consumer of {Group} failed and begins again in {Seconds} s: {Reason}")]
    public static partial void ConsumerFailed(ILogger logger, Exception exception, string group, double seconds, string reason);
}
