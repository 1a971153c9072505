namespace Nova.Events.ChaosTests.Relay.Writing;

/// <summary>What became of the writers' transactions, as far as they know. What is in doubt, the database settles.</summary>
internal sealed class WriterTally
{
    private long _committed;
    private long _rolledBack;
    private long _failed;
    private long _inDoubt;

    /// <summary>A commit that was answered.</summary>
    public void NoteCommitted() => Interlocked.Increment(ref _committed);

    /// <summary>Rolled back on purpose.</summary>
    public void NoteRolledBack() => Interlocked.Increment(ref _rolledBack);

    /// <summary>Failed before its commit: the database was away.</summary>
    public void NoteFailed() => Interlocked.Increment(ref _failed);

    /// <summary>A commit whose answer was lost.</summary>
    public void NoteInDoubt() => Interlocked.Increment(ref _inDoubt);

    /// <summary>Adds to <paramref name="state"/> what was noted since the last time.</summary>
    public void MoveTo(RelayChaosState state)
    {
        state.Committed += Interlocked.Exchange(ref _committed, 0);
        state.RolledBack += Interlocked.Exchange(ref _rolledBack, 0);
        state.Failed += Interlocked.Exchange(ref _failed, 0);
        state.InDoubt += Interlocked.Exchange(ref _inDoubt, 0);
    }
}
