namespace Nova.Events.ChaosTests.Faults;

/// <summary>What is done to a server.</summary>
internal enum FaultAction
{
    /// <summary>SIGKILL, and a new start.</summary>
    Kill,

    /// <summary>SIGSTOP, and SIGCONT.</summary>
    Freeze,

    /// <summary>Its network is cut, and mended.</summary>
    Cut,
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
}

/// <summary>A kind of fault.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Target">Whom it is done to.</param>
internal readonly record struct FaultKind(FaultAction Action, FaultTarget Target)
{
    /// <summary>All nine.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
        [.. from action in Enum.GetValues<FaultAction>() from target in Enum.GetValues<FaultTarget>() select new FaultKind(action, target)];

    /// <summary>Such as <c>kill relay</c>.</summary>
    public override string ToString() => $"{Action} {Target}".ToLowerInvariant();
}
