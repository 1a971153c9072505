using Nova.Events.Kafka.Consuming;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class DrainTimeTests
{
    [Fact]
    public void A_stop_uses_the_timeout_up_once_and_a_rebalance_has_all_of_it()
    {
        var time = new ManualTime();
        var drain = new DrainTime(TimeSpan.FromSeconds(20), time);
        time.Advance(TimeSpan.FromMinutes(1));
        drain.Left.ShouldBe(TimeSpan.FromSeconds(20));
        drain.Begin();
        time.Advance(TimeSpan.FromSeconds(15));
        drain.Left.ShouldBe(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(15));
        drain.Left.ShouldBe(TimeSpan.Zero);
    }
}
