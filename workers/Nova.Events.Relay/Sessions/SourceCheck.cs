using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Postgres;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// Holds what the database says of itself against what was published from it. LSNs alone do not tell two histories apart: a database that was
/// restored counts on through the same numbers, and a relay that skipped by them would lose what is committed there, in silence.
/// </summary>
internal static class SourceCheck
{
    /// <summary>The state to go on with: the one in Kafka along today's timelines, or the first of a new source.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="state">The state in Kafka; null for a new source.</param>
    /// <param name="identity">What the database says.</param>
    /// <param name="slotLsn">Where the slot starts.</param>
    /// <param name="walLsn">Where the database's WAL ends, asked for after the tails were read.</param>
    /// <param name="tails">What the partitions hold.</param>
    /// <exception cref="SourceRewoundException">The database is another one, or it lost commits that are published.</exception>
    /// <exception cref="SlotTooYoungException">The slot begins after what was published last.</exception>
    public static RelayState Check(
        string source, RelayState? state, SourceIdentity identity, ulong slotLsn, ulong walLsn, IReadOnlyDictionary<(string Topic, int Partition), Tail> tails)
    {
        // Without a state (its topic is gone) what is published tells the era: positions of an earlier one would be dropped as repeats.
        var era = state?.Era ?? tails.Values.Select(tail => tail.Position.Era).DefaultIfEmpty().Max();
        var ((topic, partition), last) = tails.Select(tail => (tail.Key, tail.Value.Position)).Where(tail => tail.Position.Era == era).OrderByDescending(tail => tail.Position).FirstOrDefault();
        if (state is not null && state.SystemId != identity.SystemId)
            throw new SourceRewoundException(source, $"Kafka holds positions of database cluster {state.SystemId}, this is cluster {identity.SystemId}");
        if (last.CommitLsn > walLsn)
            throw new SourceRewoundException(source, $"{topic}:{partition} holds position {last}, the database's WAL ends at {Lsn.Format(walLsn)}");
        if (state is null) return new RelayState(identity.SystemId, era, identity.Lineage, slotLsn);
        var parting = state.Lineage is { } lineage && lineage != identity.Lineage ? lineage.PartsAt(identity.Lineage) : ulong.MaxValue;
        if (last.CommitLsn >= parting)
            throw new SourceRewoundException(source, $"{topic}:{partition} holds position {last} of timeline {state.Lineage}; the database came along {identity.Lineage}, and the two part at {Lsn.Format(parting)}");
        // What was confirmed on the other timeline after the parting, or in a WAL that is gone, is nothing here.
        var confirmed = state.ConfirmedLsn is { } lsn ? Math.Min(lsn, Math.Min(parting, walLsn)) : slotLsn;
        if (slotLsn > confirmed) throw new SlotTooYoungException(source, slotLsn, confirmed);
        return state with { Lineage = identity.Lineage, ConfirmedLsn = confirmed, Session = state.Session + 1 };
    }
}
