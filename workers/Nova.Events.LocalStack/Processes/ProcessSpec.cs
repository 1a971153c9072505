namespace Nova.Events.LocalStack.Processes;

/// <summary>How to run one server as a child.</summary>
internal sealed record ProcessSpec
{
    public required string Program { get; init; }
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Holds the log and the process id.</summary>
    public required string Folder { get; init; }

    /// <summary>Asks the server to end in order.</summary>
    public Signal Stop { get; init; } = Signal.Terminate;

    /// <summary>What the kernel sends when our process dies. Acknowledged data must survive it.</summary>
    public Signal ParentDeath { get; init; } = Signal.Kill;

    /// <summary>After this long the server is killed instead.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public UnixUser? User { get; init; }
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string LogFile => Path.Combine(Folder, "log");
    public string PidFile => Path.Combine(Folder, "pid");
}
