namespace Nova.Events.Cli.Commands;

/// <summary>What the exit codes of <c>nova</c> mean.</summary>
internal static class ExitCodes
{
    /// <summary>Done as asked.</summary>
    public const int Success = 0;

    /// <summary>Something failed; the message says what and names the remedy.</summary>
    public const int Failure = 1;

    /// <summary>The command line or the configuration was wrong.</summary>
    public const int Usage = 2;

    /// <summary>A verdict is negative: events are missing, doubled or out of order.</summary>
    public const int Verdict = 3;

    /// <summary>Stopped by Ctrl-C or SIGTERM before the end.</summary>
    public const int Cancelled = 130;
}
