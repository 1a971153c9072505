namespace Nova.Events.Cli.Workload;

/// <summary>Ranks 0 … n−1 with probability proportional to 1 / (rank + 1)^exponent, by inversion of the cumulated distribution.</summary>
internal sealed class Zipf
{
    private readonly double[] _cumulated;

    public Zipf(int n, double exponent)
    {
        _cumulated = new double[n];
        var sum = 0.0;
        for (var rank = 0; rank < n; rank++) _cumulated[rank] = sum += Math.Pow(rank + 1, -exponent);
    }

    public int Next(Random random)
    {
        var found = Array.BinarySearch(_cumulated, random.NextDouble() * _cumulated[^1]);
        return Math.Min(found < 0 ? ~found : found, _cumulated.Length - 1);
    }
}
