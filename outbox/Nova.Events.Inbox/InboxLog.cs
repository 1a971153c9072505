using Microsoft.Extensions.Logging;

namespace Nova.Events.Inbox;

/// <summary>Log catalogue of the inbox, 7100–7199.</summary>
internal static partial class InboxLog
{
    [LoggerMessage(7100, LogLevel.Information, "{Group} reads {Topic}:{Partition} from offset {Offset} on, as its inbox says")]
    public static partial void Entered(ILogger logger, string group, string topic, int partition, long offset);

    [LoggerMessage(7101, LogLevel.Information, "{Group} gave up {Topic}:{Partition}, {Outcome}")]
    public static partial void Released(ILogger logger, string group, string topic, int partition, string outcome);

    [LoggerMessage(7102, LogLevel.Warning, "inbox-behind: the inbox of {Group} is at {Topic}:{Partition}:{Offset}, before {Committed} that Kafka knows of. The database was restored, or another one was written to; what it lacks is handled again")]
    public static partial void Behind(ILogger logger, string group, string topic, int partition, long offset, long committed);

    [LoggerMessage(7103, LogLevel.Error, "inbox-stopped: {Reason}")]
    public static partial void Stopped(ILogger logger, string reason);

    [LoggerMessage(7104, LogLevel.Warning, "the inbox of {Group} can't be asked about {Topic}:{Partition} (attempt {Attempt}): {Reason}")]
    public static partial void NotEntered(ILogger logger, Exception exception, string group, string topic, int partition, int attempt, string reason);

    [LoggerMessage(7105, LogLevel.Information, "the inbox of {Group} is no longer at {Topic}:{Partition}:{Offset}: nothing was applied, and reading goes on where it is now")]
    public static partial void Moved(ILogger logger, string group, string topic, int partition, long offset);

    [LoggerMessage(7106, LogLevel.Debug, "{Topic}:{Partition} is not read yet: {Reason}")]
    public static partial void NotReadYet(ILogger logger, string topic, int partition, string reason);

    [LoggerMessage(7107, LogLevel.Warning, "{Group} cancelled what it handles of {Topic}:{Partition}, and a callback of its handler threw")]
    public static partial void CancellationThrew(ILogger logger, Exception exception, string group, string topic, int partition);

    [LoggerMessage(7110, LogLevel.Debug, "batch {Topic}:{Partition} {First}-{Last} records={Records} repeats={Repeats}")]
    public static partial void Applied(ILogger logger, string topic, int partition, long first, long last, int records, int repeats);

    [LoggerMessage(7111, LogLevel.Warning, "batch of {Topic}:{Partition} from {First} on is tried again (attempt {Attempt}), the database said: {Reason}")]
    public static partial void Unavailable(ILogger logger, string topic, int partition, long first, int attempt, string reason);

    [LoggerMessage(7112, LogLevel.Warning, "{Topic}:{Partition}:{Offset} is handled again (attempt {Attempt}): {Reason}")]
    public static partial void Retried(ILogger logger, string topic, int partition, long offset, int attempt, string reason);
}
