namespace Nova.Events.ChaosTests.Faults;

/// <summary>What is done.</summary>
internal enum FaultAction
{
    /// <summary>SIGKILL, and a new start.</summary>
    Kill,

    /// <summary>SIGSTOP, and SIGCONT.</summary>
    Freeze,

    /// <summary>Its network is cut, and mended.</summary>
    Cut,

    /// <summary>What it sends is held back until others have taken its work over, and it is killed or frozen meanwhile.</summary>
    Hold,

    /// <summary>A further one comes and goes, several times in a row.</summary>
    Storm,

    /// <summary>It fails, and is put right.</summary>
    Break,
}

/// <summary>Whom it is done to.</summary>
internal enum FaultTarget
{
    /// <summary>The relay that reads the slot.</summary>
    Relay,

    /// <summary>The database.</summary>
    Postgres,

    /// <summary>The broker.</summary>
    Kafka,

    /// <summary>One of the sinks.</summary>
    Sink,

    /// <summary>The server of the tables.</summary>
    ClickHouse,

    /// <summary>A materialized view.</summary>
    View,

    /// <summary>The rows of one type, which the table refuses.</summary>
    Rows,
}

/// <summary>A kind of fault.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Target">Whom it is done to.</param>
internal readonly record struct FaultKind(FaultAction Action, FaultTarget Target)
{
    /// <summary>True where toxiproxy is needed.</summary>
    public bool NeedsProxy => Action is FaultAction.Cut or FaultAction.Hold;

    /// <summary>Such as <c>kill relay</c>.</summary>
    public override string ToString() => $"{Action} {Target}".ToLowerInvariant();
}
