namespace Nova.Events.Relay.Polling;

/// <summary>How long to wait before the next look: not at all while messages come, then longer with each look that finds nothing, so that an idle fleet asks little.</summary>
/// <param name="shortest">The first pause of a row.</param>
/// <param name="longest">The longest one.</param>
/// <param name="random">Between 0 and 1: spreads the looks of several relays.</param>
internal sealed class PollPause(TimeSpan shortest, TimeSpan longest, Func<double> random)
{
    private int _emptyLooks;

    /// <summary>The pause after a look that found <paramref name="messages"/>: between three quarters and all of what is due.</summary>
    public TimeSpan After(int messages)
    {
        if (messages > 0)
        {
            _emptyLooks = 0;
            return TimeSpan.Zero;
        }

        var due = shortest * Math.Pow(2, Math.Min(_emptyLooks++, 20));
        return (due < longest ? due : longest) * (0.75 + (random() / 4));
    }
}
