using Nova.Events.Relay.Polling;
using Nova.Events.UnitTests.Time;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay.Polling;

public sealed class HaltedBucketsTests
{
    [Fact]
    public void A_halted_bucket_rests_then_is_tried_and_is_told_of_once()
    {
        var time = new TimerClock();
        var halted = new HaltedBuckets(TimeSpan.FromSeconds(5), time);
        halted.Add(3, sequence: 7, "why").ShouldBeTrue();
        halted.Resting.ShouldBe([(short)3]);
        time.Advance(TimeSpan.FromSeconds(5));
        halted.Resting.ShouldBeEmpty();
        halted.Reason.ShouldBe("why");
        halted.Add(3, sequence: 7, "why").ShouldBeFalse();
        halted.Add(3, sequence: 8, "why").ShouldBeTrue();
    }

    [Fact]
    public void One_that_went_on_and_one_that_is_another_relay_s_are_forgotten()
    {
        var halted = new HaltedBuckets(TimeSpan.FromSeconds(5), new TimerClock());
        foreach (var bucket in new short[] { 1, 2, 3 }) halted.Add(bucket, 1, $"{bucket}");
        halted.Keep(owned: [1, 2], tried: [1]);
        halted.Resting.ShouldBe([(short)2]);
    }
}
