namespace Nova.Events.ChaosTests.Writing;

/// <summary>What became of the writers' transactions, as far as they know. What is in doubt, the database settles.</summary>
internal sealed class WriterTally
{
    private long _committed;
    private long _rolledBack;
    private long _failed;
    private long _inDoubt;

    /// <summary>Commits that were answered.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>Rolled back on purpose.</summary>
    public long RolledBack => Interlocked.Read(ref _rolledBack);

    /// <summary>Failed before their commit: the database was away.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Commits whose answer was lost.</summary>
    public long InDoubt => Interlocked.Read(ref _inDoubt);

    public void NoteCommitted() => Interlocked.Increment(ref _committed);

    public void NoteRolledBack() => Interlocked.Increment(ref _rolledBack);

    public void NoteFailed() => Interlocked.Increment(ref _failed);

    public void NoteInDoubt() => Interlocked.Increment(ref _inDoubt);
}
