using Nova.Events.Relay.Polling;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay.Polling;

public sealed class PollPauseTests
{
    [Fact]
    public void It_grows_while_nothing_comes_and_begins_anew_after_a_message()
    {
        var pause = new PollPause(Ms(20), Ms(100), () => 1);
        Enumerable.Range(0, 5).Select(_ => pause.After(0)).ShouldBe([Ms(20), Ms(40), Ms(80), Ms(100), Ms(100)]);
        pause.After(1).ShouldBe(TimeSpan.Zero);
        pause.After(0).ShouldBe(Ms(20));
    }

    [Fact]
    public void Chance_takes_up_to_a_quarter_off() => new PollPause(Ms(20), Ms(100), () => 0).After(0).ShouldBe(Ms(15));

    [Fact]
    public void A_night_without_messages_overflows_nothing()
    {
        var pause = new PollPause(Ms(1), TimeSpan.FromMinutes(1), () => 1);
        for (var i = 0; i < 100_000; i++) pause.After(0);
        pause.After(0).ShouldBe(TimeSpan.FromMinutes(1));
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
