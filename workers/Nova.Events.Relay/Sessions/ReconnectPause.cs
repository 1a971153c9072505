namespace Nova.Events.Relay.Sessions;

/// <summary>
/// How long a relay waits before its next session: shortly where another relay has the slot, which is how a standby waits, and is no failure; longer
/// with each failure in a row otherwise.
/// </summary>
/// <param name="longest">Longest pause.</param>
internal sealed class ReconnectPause(TimeSpan longest)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan OfStandby = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan GoodSession = TimeSpan.FromSeconds(10);
    private int _failures;

    /// <summary>Another relay has the slot: the database answers.</summary>
    public TimeSpan AfterSlotInUse()
    {
        _failures = 0;
        return OfStandby;
    }

    /// <param name="lasted">How long the attempt lasted; a session that did its work for a while starts the row anew.</param>
    public TimeSpan AfterFailure(TimeSpan lasted)
    {
        if (lasted >= GoodSession) _failures = 0;
        var pause = Shortest * Math.Pow(2, Math.Min(_failures++, 20));
        return pause < longest ? pause : longest;
    }
}
