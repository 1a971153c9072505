using System.Diagnostics;

namespace Nova.Events.ChaosTests.Writing;

/// <summary>The beat of a writer. What an outage held up is caught up for a second at most, so that it is followed by a burst and not by a flood.</summary>
/// <param name="interval">Between two beats.</param>
internal sealed class Rhythm(TimeSpan interval)
{
    private static readonly TimeSpan MostToCatchUp = TimeSpan.FromSeconds(1);
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _due = TimeSpan.Zero;

    /// <summary>Returns at the next beat, or when <paramref name="stop"/> says so.</summary>
    public async Task NextAsync(CancellationToken stop)
    {
        _due += interval;
        var now = Stopwatch.GetElapsedTime(_started);
        if (_due < now - MostToCatchUp) _due = now - MostToCatchUp;
        if (_due > now) await DelayAsync(_due - now, stop);
    }

    /// <summary>A pause that <paramref name="stop"/> ends without an exception.</summary>
    public static Task DelayAsync(TimeSpan delay, CancellationToken stop) => Task.Delay(delay, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
}
