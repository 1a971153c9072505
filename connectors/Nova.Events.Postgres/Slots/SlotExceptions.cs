namespace Nova.Events.Postgres.Slots;

/// <summary>Another process reads the slot; it is the lock between relays.</summary>
public sealed class SlotInUseException(string slot, Exception inner)
    : Exception($"Replication slot '{slot}' is in use: {inner.Message}. One relay is active for a database; this one stands by. If that process should be gone, end it, or see pg_replication_slots.active_pid.", inner)
{
    /// <summary>The slot.</summary>
    public string Slot { get; } = slot;
}

/// <summary>There is no such slot.</summary>
public sealed class SlotMissingException(string slot, Exception? inner)
    : Exception($"Replication slot '{slot}' does not exist. 'nova slot create' makes it where nothing was published yet; 'nova slot recreate --yes' also publishes what the outbox still holds.", inner)
{
    /// <summary>The slot.</summary>
    public string Slot { get; } = slot;
}

/// <summary>The server gave the slot up: WAL that it needed is gone.</summary>
public sealed class SlotLostException(string slot, Exception inner)
    : Exception($"Replication slot '{slot}' is lost: {inner.Message}. The WAL that it needed is gone. 'nova slot recreate --yes' makes a new one and publishes what the outbox still holds. Raise max_slot_wal_keep_size so that it lasts longer.", inner)
{
    /// <summary>The slot.</summary>
    public string Slot { get; } = slot;
}
