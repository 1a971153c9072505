using Nova.Events.Postgres;

namespace Nova.Events.Relay.Sessions;

/// <summary>The database is another one, or its WAL was rewound below what is published: positions would be skipped in silence.</summary>
public sealed class SourceRewoundException(string source, string what)
    : Exception($"Source '{source}' was rewound: {what}. Events may be in Kafka that are no longer in the database. 'nova relay adopt' lists them, and begins a new era with this database.")
{
    /// <summary>The source.</summary>
    public string SourceName { get; } = source;
}

/// <summary>The slot begins after what was published last: commits between the two are not in it. Nothing (0) is published at the beginning of an adopted era.</summary>
public sealed class SlotTooYoungException(string source, ulong slotLsn, ulong confirmedLsn)
    : Exception(confirmedLsn == 0
        ? $"Source '{source}' begins a new era, and its slot, at {Lsn.Format(slotLsn)}, was not made for it. 'nova slot recreate' makes one, and publishes what the outbox holds and Kafka does not."
        : $"Source '{source}' is published up to {Lsn.Format(confirmedLsn)}, its slot begins at {Lsn.Format(slotLsn)}: it was made anew, or moved, and commits between are not in it. 'nova slot recreate' makes a slot and publishes what the outbox still holds of them.")
{
    /// <summary>The source.</summary>
    public string SourceName { get; } = source;
}
