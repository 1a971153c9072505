namespace Nova.Events.Benchmarks.Measuring;

/// <summary>How many records a topic held at which moment, as seen from outside.</summary>
internal sealed class PublishCurve
{
    private readonly List<(TimeSpan At, long Count)> _points = [(TimeSpan.Zero, 0)];

    public long Count => _points[^1].Count;

    /// <summary>Adds what was seen at <paramref name="at"/>, later than all before.</summary>
    public void Add(TimeSpan at, long count)
    {
        // Of a pause only the ends matter.
        if (_points.Count > 1 && count == _points[^1].Count && count == _points[^2].Count) _points[^1] = (at, count);
        else _points.Add((at, count));
    }

    /// <summary>When the record of number <paramref name="count"/> (from 1) was there: on the straight line between the looks before and after it.</summary>
    public TimeSpan At(long count)
    {
        var after = _points.FindIndex(point => point.Count >= count);
        if (after <= 0) throw new ArgumentOutOfRangeException(nameof(count), count, $"{Count} records were seen.");
        var (from, to) = (_points[after - 1], _points[after]);
        return from.At + ((to.At - from.At) * ((double)(count - from.Count) / (to.Count - from.Count)));
    }

    /// <summary>Records a second from record <paramref name="first"/> to record <paramref name="last"/>.</summary>
    public double Rate(long first, long last) => (last - first) / (At(last) - At(first)).TotalSeconds;
}
