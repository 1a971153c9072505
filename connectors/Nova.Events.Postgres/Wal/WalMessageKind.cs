namespace Nova.Events.Postgres.Wal;

/// <summary>What <see cref="WalStream.ReadAsync"/> came to.</summary>
public enum WalMessageKind
{
    /// <summary>Nothing read yet.</summary>
    None,

    /// <summary>A committed transaction begins; its commit LSN and time are known from here on.</summary>
    Begin,

    /// <summary>A row was inserted.</summary>
    Insert,

    /// <summary>A row was updated.</summary>
    Update,

    /// <summary>A row was deleted.</summary>
    Delete,

    /// <summary>Tables were truncated.</summary>
    Truncate,

    /// <summary>A message of <c>pg_logical_emit_message</c>.</summary>
    LogicalMessage,

    /// <summary>The transaction ends.</summary>
    Commit,
}

/// <summary>What an update or a delete tells of the row as it was.</summary>
public enum OldRow
{
    /// <summary>Nothing: the identity did not change.</summary>
    Absent,

    /// <summary>The columns of the replica identity; the others are null.</summary>
    Identity,

    /// <summary>All columns: the table is REPLICA IDENTITY FULL.</summary>
    Whole,
}
