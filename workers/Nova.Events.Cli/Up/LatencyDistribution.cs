namespace Nova.Events.Cli.Up;

/// <summary>Durations from a microsecond to an hour in buckets of 2 %, so a quantile is right to 2 % whatever their number. Thread-safe.</summary>
internal sealed class LatencyDistribution
{
    private const double Growth = 1.02;
    private const double Smallest = 1e-6;
    private static readonly double LogGrowth = Math.Log(Growth);
    private readonly long[] _buckets = new long[(int)(Math.Log(3600 / Smallest) / LogGrowth) + 2];
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Record(double seconds)
    {
        var bucket = seconds <= Smallest ? 0 : (int)(Math.Log(seconds / Smallest) / LogGrowth) + 1;
        Interlocked.Increment(ref _buckets[Math.Min(bucket, _buckets.Length - 1)]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The quantile in seconds, rounded up to its bucket's end; null without a value.</summary>
    public double? Quantile(double quantile)
    {
        var rank = (long)Math.Ceiling(Count * quantile);
        if (rank == 0) return null;
        long seen = 0;
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            seen += Interlocked.Read(ref _buckets[bucket]);
            if (seen >= rank) return Smallest * Math.Pow(Growth, bucket);
        }

        return null;
    }
}
