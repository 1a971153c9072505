using Nova.Events.Benchmarks.Measuring;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Benchmarks;

public sealed class PublishCurveTests
{
    private readonly PublishCurve _curve = new();

    [Fact]
    public void A_record_between_two_looks_was_there_at_its_share_of_the_time_between_them()
    {
        Look(seconds: 1, count: 0);
        Look(seconds: 2, count: 100);
        Look(seconds: 3, count: 300);
        _curve.At(50).ShouldBe(TimeSpan.FromSeconds(1.5));
        _curve.At(100).ShouldBe(TimeSpan.FromSeconds(2));
        _curve.At(200).ShouldBe(TimeSpan.FromSeconds(2.5));
    }

    [Fact]
    public void A_pause_counts_to_its_end_and_not_before_its_start()
    {
        Look(seconds: 1, count: 10);
        foreach (var second in Enumerable.Range(2, 8)) Look(second, count: 10);
        Look(seconds: 10, count: 20);
        _curve.At(10).ShouldBe(TimeSpan.FromSeconds(1));
        _curve.At(15).ShouldBe(TimeSpan.FromSeconds(9.5));
    }

    [Fact]
    public void The_rate_leaves_out_what_came_before_its_first_record()
    {
        Look(seconds: 5, count: 100);
        Look(seconds: 6, count: 1_100);
        _curve.Rate(100, 1_100).ShouldBe(1_000);
    }

    [Fact]
    public void A_record_that_was_never_seen_has_no_time()
    {
        Look(seconds: 1, count: 5);
        Should.Throw<ArgumentOutOfRangeException>(() => _curve.At(6)).Message.ShouldStartWith("5 records were seen.");
    }

    private void Look(double seconds, long count) => _curve.Add(TimeSpan.FromSeconds(seconds), count);
}
