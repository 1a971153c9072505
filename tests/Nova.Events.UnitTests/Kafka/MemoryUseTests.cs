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
        var use = new MemoryUse(Retries: 10_000, Others: 750, Max: 1_000);
        (use.AreRetriesFull, use.AreOthersFull).ShouldBe((true, false));
    }

    [Theory]
    [InlineData(0, 1_000, false)]
    [InlineData(0, 1_001, true)]
    [InlineData(100, 901, true)]
    [InlineData(250, 751, true)]
    public void Both_together_hold_no_more_than_the_bound(long retries, long others, bool areOthersFull) =>
        new MemoryUse(retries, others, 1_000).AreOthersFull.ShouldBe(areOthersFull);
}
