namespace Nova.Events.ChaosTests.Relay.Checking;

/// <summary>An event as the database holds it: committed, so it must be published or parked.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">Its key.</param>
/// <param name="Number">Counts the events of its key, in commit order, from 1.</param>
/// <param name="IsOversize">True if its topic refuses it, so that it belongs into the parking topic.</param>
internal readonly record struct LedgerEntry(Guid Id, string Key, long Number, bool IsOversize);
