namespace Nova.Events.Cli.Workload;

/// <summary>Lets <c>perSecond</c> actions a second pass, evenly; after a pause it does not catch up by more than half a second's worth.</summary>
internal sealed class Pace
{
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly long _started;
    private TimeSpan _due;

    public Pace(double perSecond, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        (_time, _interval, _started) = (time, TimeSpan.FromSeconds(1 / perSecond), time.GetTimestamp());
    }

    /// <summary>Returns when the next action is due.</summary>
    public async ValueTask NextAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetElapsedTime(_started);
        if (_due < now - TimeSpan.FromMilliseconds(500)) _due = now - TimeSpan.FromMilliseconds(500);
        var wait = _due - now;
        _due += _interval;
        // Timers have a grain of their own: short waits are gathered.
        if (wait > Grain) await Task.Delay(wait, _time, cancellationToken);
    }
}
