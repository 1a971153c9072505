namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Whether records of a partition come while there are some: a client that may not read it, or cannot, says so once, and goes on trying. The poll thread's
/// alone, but for <see cref="StarvedFor"/> and <see cref="Error"/>.
/// </summary>
internal sealed class Arrivals(TimeProvider time)
{
    private long _seenEnd;
    private long _starvedSince = -1;
    private volatile string? _error;
    private bool _hasCome;

    /// <summary>How long nothing has come although there is something, or fetching failed; null while that is not so.</summary>
    public TimeSpan? StarvedFor => Volatile.Read(ref _starvedSince) is >= 0 and var since ? time.GetElapsedTime(since) : null;

    /// <summary>What fetching failed with last; null since something came.</summary>
    public string? Error => _error;

    public void Came() => _hasCome = true;

    public void ReachedEnd(long nextOffset) => (_hasCome, _seenEnd) = (true, nextOffset);

    public void Failed(string error) => (_hasCome, _error) = (false, error);

    /// <param name="isBusy">Nothing more is asked for at present.</param>
    /// <param name="next">The offset that would come next.</param>
    /// <param name="logEnd">Where the log ends, as far as is known.</param>
    public void Observe(bool isBusy, long next, long? logEnd)
    {
        if (_hasCome) _error = null;
        var starves = !_hasCome && !isBusy && (_error is not null || logEnd > Math.Max(next, _seenEnd));
        if (!starves) Volatile.Write(ref _starvedSince, -1);
        else if (_starvedSince < 0) Volatile.Write(ref _starvedSince, time.GetTimestamp());
        _hasCome = false;
    }
}
