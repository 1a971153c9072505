using Nova.Events.Cli.Up;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Cli;

public sealed class LatencyDistributionTests
{
    private readonly LatencyDistribution _latencies = new();

    [Fact]
    public void Without_a_value_there_is_no_quantile() => _latencies.Quantile(0.95).ShouldBeNull();

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(0.99)]
    [InlineData(1)]
    public void A_quantile_is_right_to_two_percent_and_never_too_small(double quantile)
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 10_000).Select(_ => Math.Pow(10, (random.NextDouble() * 7) - 5)).ToArray();
        foreach (var value in values) _latencies.Record(value);
        var exact = values.Order().ElementAt((int)Math.Ceiling(values.Length * quantile) - 1);
        _latencies.Quantile(quantile)!.Value.ShouldBeInRange(exact, exact * 1.0201);
    }

    [Fact]
    public void What_is_off_the_scale_counts_at_its_end()
    {
        _latencies.Record(0);
        _latencies.Record(1e9);
        _latencies.Count.ShouldBe(2);
        _latencies.Quantile(0.5).ShouldBe(1e-6);
        _latencies.Quantile(1)!.Value.ShouldBeGreaterThan(3_600);
    }
}
