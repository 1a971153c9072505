using System.Collections.Immutable;
using Nova.Events.Contracts;

namespace Nova.Events.Inbox.Storing;

/// <summary>How far a group is in a partition.</summary>
/// <param name="First">Where it began.</param>
/// <param name="Next">Everything below is in the database.</param>
/// <param name="Positions">The last position of each source below <paramref name="Next"/>.</param>
/// <param name="TopicId">Of the topic that the offsets are of; null where brokers tell none.</param>
internal sealed record InboxRow(InboxKey Key, long First, long Next, ImmutableSortedDictionary<string, Position> Positions, string? TopicId)
{
    /// <summary>Of the next record, where it is given up and its dead letter may not be written yet; else null.</summary>
    public InboxVerdict? Aside { get; init; }

    /// <summary>The row further on, at <paramref name="next"/>: the verdict stays until it is passed.</summary>
    public InboxRow At(long next) => this with { Next = next, Aside = Aside?.Offset < next ? null : Aside };
}

/// <summary>Whose row it is.</summary>
internal sealed record InboxKey(string Group, string Topic, int Partition);
