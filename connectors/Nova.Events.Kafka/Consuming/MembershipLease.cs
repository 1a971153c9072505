namespace Nova.Events.Kafka.Consuming;

/// <summary>
/// How fresh our evidence is that the group still counts us in. A broker accepts a commit into an empty group and does not check who owns the partition,
/// so nothing is committed or inserted once half the session timeout has passed since the last acknowledged commit, on the monotonic clock.
/// </summary>
internal sealed class MembershipLease(TimeSpan sessionTimeout, TimeProvider time)
{
    private long _evidence = time.GetTimestamp();

    /// <summary>True while less than half the session timeout has passed since the evidence.</summary>
    public bool IsFresh => Age < sessionTimeout / 2;

    /// <summary>True once the evidence should be renewed by committing again what is committed.</summary>
    public bool IsRenewalDue => Age > sessionTimeout / 6;

    private TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref _evidence));

    public long Now => time.GetTimestamp();

    /// <summary>The group answered a request that was sent at <paramref name="sentAt"/>.</summary>
    public void Renew(long sentAt)
    {
        var known = Volatile.Read(ref _evidence);
        while (sentAt > known)
        {
            var found = Interlocked.CompareExchange(ref _evidence, sentAt, known);
            if (found == known) return;
            known = found;
        }
    }
}
