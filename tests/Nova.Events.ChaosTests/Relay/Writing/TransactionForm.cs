namespace Nova.Events.ChaosTests.Relay.Writing;

/// <summary>Kinds of transactions that are written.</summary>
internal enum TransactionForm
{
    /// <summary>One event.</summary>
    Single,

    /// <summary>Events of several keys.</summary>
    SeveralKeys,

    /// <summary>Events before, within and behind a savepoint that is rolled back.</summary>
    PartlyRolledBack,

    /// <summary>Events that are all rolled back.</summary>
    RolledBack,

    /// <summary>A table-less event.</summary>
    Message,

    /// <summary>A row and a table-less event.</summary>
    RowAndMessage,

    /// <summary>An event that its topic refuses, between others of its key.</summary>
    Oversize,

    /// <summary>5,000 events.</summary>
    Large,
}
