using Nova.Events.Benchmarks.Measuring;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Benchmarks;

public sealed class MedianTests
{
    [Fact]
    public void The_middle_of_an_odd_number() => Median.Of([9, 1, 2]).ShouldBe(2);

    [Fact]
    public void The_mean_of_the_two_in_the_middle_of_an_even_number() => Median.Of([1, 100, 2, 4]).ShouldBe(3);
}
