namespace Nova.Events.Relay;

/// <summary>Where the relay reads what it publishes.</summary>
public enum RelayMode
{
    /// <summary>In the WAL, through a replication slot: the outbox, messages without the table, captured tables.</summary>
    Wal,

    /// <summary>In <c>nova.outbox_queue</c>, for databases that allow no logical replication: the outbox and event streams only.</summary>
    Polling,
}
