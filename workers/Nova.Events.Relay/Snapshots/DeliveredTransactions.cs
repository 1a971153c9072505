using Nova.Events.Postgres.Snapshots;

namespace Nova.Events.Relay.Snapshots;

/// <summary>
/// The transactions that the slot has delivered. A commit is in the WAL before it is visible (with a synchronous standby that may take long): a
/// chunk that was read in between holds older rows than were published, at a version above theirs. Used on the session's thread.
/// </summary>
internal sealed class DeliveredTransactions
{
    private readonly Dictionary<uint, ulong> _committed = [];
    private volatile bool _tracking;

    /// <summary>Begins to note what is delivered; may be called on any thread.</summary>
    public void Track() => _tracking = true;

    /// <summary>Ends it: nobody reads rows any more. What is noted is forgotten with the next delivery.</summary>
    public void Rest() => _tracking = false;

    /// <summary>A transaction is delivered.</summary>
    public void Deliver(uint transaction, ulong commitLsn)
    {
        if (_tracking) _committed[transaction] = commitLsn;
        else if (_committed.Count > 0) _committed.Clear();
    }

    /// <summary>True if a snapshot sees everything that was delivered before <paramref name="lowLsn"/>.</summary>
    public bool AreSeenBy(TransactionSnapshot snapshot, ulong lowLsn) =>
        _committed.All(delivered => delivered.Value >= lowLsn || snapshot.Sees(delivered.Key));

    /// <summary>Forgets what every later snapshot sees, too.</summary>
    /// <param name="snapshots">What each window sees at least; null of one of which nothing is known.</param>
    public void Forget(IEnumerable<TransactionSnapshot?> snapshots)
    {
        var known = snapshots.ToList();
        if (known.Contains(null)) return;
        foreach (var transaction in _committed.Keys.Where(transaction => known.TrueForAll(snapshot => snapshot!.Sees(transaction))).ToList()) _committed.Remove(transaction);
    }
}
