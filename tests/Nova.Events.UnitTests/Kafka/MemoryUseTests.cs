using Nova.Events.Kafka.Consuming.Sink;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class MemoryUseTests
{
    /// <summary>They would wait for each other for ever: letters for their originals, the originals' lanes for memory.</summary>
    [Fact]
    public void Retry_lanes_never_take_the_others_memory_however_much_they_hold()
    {
        var use = default(MemoryUse).Next(retries: 10_000, others: 750, max: 1_000);
        (use.AreRetriesFull, use.AreOthersFull).ShouldBe((true, false));
    }

    [Theory]
    [InlineData(0, 1_000, false)]
    [InlineData(0, 1_001, true)]
    [InlineData(100, 901, true)]
    [InlineData(250, 751, true)]
    public void Both_together_hold_no_more_than_the_bound(long retries, long others, bool areOthersFull) =>
        default(MemoryUse).Next(retries, others, 1_000).AreOthersFull.ShouldBe(areOthersFull);

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(876, true)]
    [InlineData(875, false)]
    public void What_is_full_is_so_until_an_eighth_less_is_there(long others, bool isFull) =>
        default(MemoryUse).Next(0, 1_001, 1_000).Next(0, others, 1_000).AreOthersFull.ShouldBe(isFull);
}
