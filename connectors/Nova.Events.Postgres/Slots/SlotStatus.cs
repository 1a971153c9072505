namespace Nova.Events.Postgres.Slots;

/// <summary>What a slot's state means for whoever watches it.</summary>
public enum SlotState
{
    /// <summary>A relay reads it, and its WAL is kept.</summary>
    Reserved,

    /// <summary>Nobody reads it: WAL is kept for it, and grows.</summary>
    Inactive,

    /// <summary>It keeps more WAL than <c>max_wal_size</c>.</summary>
    Extended,

    /// <summary>It keeps more than <c>max_slot_wal_keep_size</c>: the next checkpoint may remove WAL that it needs.</summary>
    Unreserved,

    /// <summary>WAL that it needs is gone, or the server has invalidated it. It can't be read any more.</summary>
    Lost,

    /// <summary>It is a standby's copy of the primary's slot; it can be read once the standby is promoted.</summary>
    Synced,
}

/// <summary>What the server says of a slot.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Database">Its database.</param>
/// <param name="Plugin">Its output plugin.</param>
/// <param name="ActivePid">Process id of the walsender that reads it; null when nobody does.</param>
/// <param name="WalStatus"><c>reserved</c>, <c>extended</c>, <c>unreserved</c> or <c>lost</c>.</param>
/// <param name="ConfirmedLsn">Everything before it was confirmed.</param>
/// <param name="RestartLsn">WAL from here on is kept for it.</param>
/// <param name="RetainedBytes">Bytes of WAL that the server keeps for it.</param>
/// <param name="LagBytes">Bytes of WAL that it has not confirmed.</param>
/// <param name="SafeBytes">Bytes that may still be written before it is lost; null without a limit.</param>
/// <param name="Invalidation">Why the server has invalidated it; null where it has not, or does not tell (before 17).</param>
/// <param name="Failover">True if standbys keep a copy of it (17 and later).</param>
/// <param name="OnStandby">True if the server that was asked is a standby.</param>
public sealed record SlotStatus(
    string Name, string Database, string Plugin, int? ActivePid, string WalStatus,
    ulong? ConfirmedLsn, ulong? RestartLsn, long? RetainedBytes, long? LagBytes, long? SafeBytes, string? Invalidation, bool Failover, bool OnStandby)
{
    /// <summary>Its state; of several that hold, the worst.</summary>
    public SlotState State =>
        WalStatus == "lost" || Invalidation is not null ? SlotState.Lost
        : OnStandby ? SlotState.Synced
        : WalStatus == "unreserved" ? SlotState.Unreserved
        : WalStatus == "extended" ? SlotState.Extended
        : ActivePid is null ? SlotState.Inactive
        : SlotState.Reserved;

    /// <summary>What to do about its state.</summary>
    public string Remedy => State switch
    {
        SlotState.Reserved => "nothing to do",
        SlotState.Inactive => "start a relay ('nova run relay'), or drop the slot if none will ever read it ('nova slot drop --yes'): it keeps WAL until the disk is full",
        SlotState.Extended => "see why the relay is behind (its /health/ready says so), and watch the disk; max_slot_wal_keep_size bounds what the slot may keep",
        SlotState.Unreserved => "let the relay catch up now, or raise max_slot_wal_keep_size and reload: the next checkpoint may remove WAL that it needs",
        SlotState.Lost => "'nova slot recreate --yes' makes a new one and publishes what the outbox still holds; raise max_slot_wal_keep_size (or idle_replication_slot_timeout) so that it lasts longer",
        SlotState.Synced => "nothing to do: a relay can read it once this standby is promoted",
        _ => throw new InvalidOperationException($"Unknown state {State}."),
    };
}
