using Nova.Events.Relay.Polling;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay.Polling;

public sealed class InFlightMessagesTests
{
    [Fact]
    public async Task It_is_idle_once_all_are_acknowledged_and_gives_each_once()
    {
        var inFlight = new InFlightMessages();
        await inFlight.IdleAsync();
        var (first, second) = (inFlight.Add(Message(1)), inFlight.Add(Message(2)));
        var idle = inFlight.IdleAsync();
        inFlight.Acknowledge([second]).ShouldBe([2]);
        idle.IsCompleted.ShouldBeFalse();
        inFlight.TakeAcknowledged().Select(message => message.Sequence).ShouldBe([2]);
        inFlight.Acknowledge([first]);
        await idle;
        inFlight.TakeAcknowledged().Select(message => message.Sequence).ShouldBe([1]);
        inFlight.TakeAcknowledged().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failure_ends_the_wait_and_what_was_acknowledged_before_is_still_known()
    {
        var inFlight = new InFlightMessages();
        inFlight.Acknowledge([inFlight.Add(Message(1))]);
        inFlight.Add(Message(2));
        var idle = inFlight.IdleAsync();
        inFlight.Fail(new InvalidOperationException("first"));
        inFlight.Fail(new InvalidOperationException("second"));
        (await Should.ThrowAsync<InvalidOperationException>(idle)).Message.ShouldBe("first");
        (await Should.ThrowAsync<InvalidOperationException>(inFlight.IdleAsync())).Message.ShouldBe("first");
        inFlight.TakeAcknowledged().Count.ShouldBe(1);
    }

    private static QueuedMessage Message(long sequence) => new(0, sequence, sequence, null, []);
}
