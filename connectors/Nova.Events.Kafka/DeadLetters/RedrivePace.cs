namespace Nova.Events.Kafka.DeadLetters;

/// <summary>When the next letter is due, at so many a second; what a pause held up is caught up by a tenth of a second's worth at most.</summary>
internal sealed class RedrivePace
{
    private static readonly TimeSpan CatchUp = TimeSpan.FromMilliseconds(100);
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly long _started;
    private TimeSpan _due;

    public RedrivePace(double perSecond, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        (_time, _interval, _started) = (time, TimeSpan.FromSeconds(1 / perSecond), time.GetTimestamp());
    }

    /// <summary>How long the next letter has to wait from now; it counts as sent then.</summary>
    public TimeSpan Take()
    {
        var now = _time.GetElapsedTime(_started);
        if (_due < now - CatchUp) _due = now - CatchUp;
        var wait = _due > now ? _due - now : TimeSpan.Zero;
        _due += _interval;
        return wait;
    }
}
