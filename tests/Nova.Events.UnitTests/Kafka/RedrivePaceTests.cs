using Nova.Events.Kafka.DeadLetters;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class RedrivePaceTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(250)]
    public void As_many_letters_a_second_as_asked_and_the_first_at_once(int perSecond)
    {
        var pace = new RedrivePace(perSecond, _time);
        var taken = 0;
        for (var elapsed = TimeSpan.Zero; elapsed < TimeSpan.FromSeconds(10); taken++)
        {
            var wait = pace.Take();
            _time.Advance(wait);
            elapsed += wait;
        }

        // The last one is due at ten seconds; intervals are whole ticks.
        taken.ShouldBe((perSecond * 10) + 1);
    }

    [Fact]
    public void After_a_pause_no_more_than_a_tenth_of_a_second_is_caught_up()
    {
        var pace = new RedrivePace(100, _time);
        _time.Advance(TimeSpan.FromMinutes(1));
        var atOnce = 0;
        while (pace.Take() == TimeSpan.Zero) atOnce++;
        atOnce.ShouldBe(11);
    }

    [Fact]
    public void A_rate_of_nothing_is_refused() => Should.Throw<ArgumentOutOfRangeException>(() => new RedrivePace(0, _time));
}
