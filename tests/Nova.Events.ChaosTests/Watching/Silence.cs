namespace Nova.Events.ChaosTests.Watching;

/// <summary>
/// The longest time without a new event, from the beginning of a fault until the first event arrives that was written after its end. What the fault
/// lets through, and what was on the way already, does not hide what follows.
/// </summary>
internal sealed class Silence(DateTimeOffset began)
{
    private readonly TaskCompletionSource<TimeSpan> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private DateTimeOffset _last = began;
    private DateTimeOffset? _end;
    private TimeSpan _longest;

    /// <summary>The longest silence, once all is as before.</summary>
    public Task<TimeSpan> Over => _over.Task;

    /// <summary>The fault has ended.</summary>
    public void End(DateTimeOffset at)
    {
        lock (_gate) _end = at;
    }

    /// <summary>An event arrived that nobody had seen before; true if it is the one that ends the matter.</summary>
    public bool Arrived(DateTimeOffset now, DateTimeOffset written)
    {
        lock (_gate)
        {
            if (now - _last > _longest) _longest = now - _last;
            _last = now;
            return written > _end && _over.TrySetResult(_longest);
        }
    }
}
