using System.Globalization;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Inbox.Consuming;

/// <summary>Where a partition begins, and whether it can.</summary>
internal static class InboxStart
{
    /// <summary>
    /// The row of a partition that has none: where the group's committed offset says, with its positions, if a consumer of another kind has read it so far. An
    /// offset that an inbox committed says that there was a row: the database was restored to before it, or is another one, and everything comes again.
    /// </summary>
    /// <param name="committed">Null where the group has committed none.</param>
    public static InboxRow Of(InboxKey key, long? committed, CommittedState state, LogExtent log, bool startAtEnd)
    {
        var none = CommittedState.Empty.Positions;
        if (state.InboxFirst is { } lost) return new InboxRow(key, lost, lost, none, log.TopicId);
        if (committed is { } offset) return new InboxRow(key, offset, offset, state.Positions, log.TopicId);
        var start = startAtEnd ? log.End : log.First;
        return new InboxRow(key, start, start, none, log.TopicId);
    }

    /// <summary>Why the log can't be read on from the row, with the statement that mends it; null where it can.</summary>
    public static string? Contradiction(InboxRow row, LogExtent log)
    {
        var place = $"{row.Key.Topic}:{row.Key.Partition}";
        if (row.TopicId is { } known && log.TopicId is { } id && known != id)
            return $"topic '{row.Key.Topic}' was made anew: the inbox of {row.Key.Group} is at {place}:{row.Next} of topic {known}, and there is topic {id} under that name now. "
                + $"To begin with what it holds: {Statement(row, log.First, isAnew: true)}";
        if (log.First > row.Next)
            return $"the log of {place} begins at {log.First}, after {row.Next} where the inbox of {row.Key.Group} is: the records between are gone from Kafka. "
                + $"Bring into the database what they said, and then go on behind them: {Statement(row, log.First, isAnew: false)}";
        if (log.End < row.Next)
            return $"the log of {place} ends at {log.End}, before {row.Next} where the inbox of {row.Key.Group} is: the topic was made anew, or has lost its end. "
                + $"To begin with what it holds: {Statement(row, log.First, isAnew: true)} To go on behind it: {Statement(row, log.End, isAnew: false)}";
        return null;
    }

    private static string Statement(InboxRow row, long offset, bool isAnew) => string.Create(
        CultureInfo.InvariantCulture,
        $"UPDATE nova.inbox SET next_offset = {offset}, aside_offset = NULL, topic_id = NULL{(isAnew ? $", first_offset = {offset}, state = ''" : "")} WHERE consumer_group = {Quoted(row.Key.Group)} AND topic = {Quoted(row.Key.Topic)} AND partition = {row.Key.Partition} AND next_offset = {row.Next};");

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
