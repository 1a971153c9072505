namespace Nova.Events.Benchmarks.Wal;

/// <summary>What a prepared WAL is made of.</summary>
internal enum WalKind
{
    /// <summary>Rows of the outbox.</summary>
    Rows,

    /// <summary>Logical messages without a row.</summary>
    Messages,

    /// <summary>Updates of a captured table.</summary>
    Updates,
}
