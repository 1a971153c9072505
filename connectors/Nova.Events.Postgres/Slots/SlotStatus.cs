namespace Nova.Events.Postgres.Slots;

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
public sealed record SlotStatus(
    string Name, string Database, string Plugin, int? ActivePid, string WalStatus,
    ulong? ConfirmedLsn, ulong? RestartLsn, long? RetainedBytes, long? LagBytes);
