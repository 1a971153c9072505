using System.Collections.Immutable;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Handling;

namespace Nova.Events.Inbox.Consuming;

/// <summary>
/// Which records of a partition are repeats: by position; in the retry topic by the dead letter's id; of client events by their ids. The first by what the row
/// says, the others by the log alone: so each owner decides alike.
/// </summary>
/// <param name="uncounted">Hears of the first source that is one too many; once.</param>
internal sealed class InboxRepeats(InboxRow row, long logFirst, bool isRetryTopic, int? eventIdWindow, Action<string>? uncounted = null)
{
    private readonly RepeatRule _rule = new(row.Positions, eventIdWindow, uncounted: uncounted);
    private readonly RetryWindow? _retries = isRetryTopic ? new RetryWindow() : null;

    /// <summary>Reading begins here: before the row's place where ids are told by a window.</summary>
    public long ReadFrom { get; } = Math.Max(logFirst, row.Next - (isRetryTopic ? RetryWindow.Offsets : eventIdWindow ?? 0));

    /// <summary>The last position of each source, up to the record that was asked about last.</summary>
    public ImmutableSortedDictionary<string, Position> Positions => _rule.Positions;

    /// <summary>Asked once for each record, in order, also for those below the row's place.</summary>
    public bool IsRepeat(RecordView record) => _retries?.IsRepeat(record) ?? _rule.IsRepeat(record);
}
