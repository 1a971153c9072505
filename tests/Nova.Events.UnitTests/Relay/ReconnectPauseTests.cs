using Nova.Events.Relay.Sessions;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

/// <summary>How long a relay is away after a failure.</summary>
public sealed class ReconnectPauseTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private readonly ReconnectPause _pause = new(TimeSpan.FromSeconds(5));

    [Fact]
    public void Each_failure_in_a_row_waits_twice_as_long_up_to_the_limit() =>
        Enumerable.Range(0, 100).Select(_ => _pause.AfterFailure(Short).TotalMilliseconds).Take(7).ShouldBe([200, 400, 800, 1600, 3200, 5000, 5000]);

    [Fact]
    public void A_standby_that_waited_long_is_back_at_once_when_the_database_was_away()
    {
        for (var i = 0; i < 1000; i++) _pause.AfterSlotInUse().ShouldBe(TimeSpan.FromMilliseconds(250));
        _pause.AfterFailure(Short).ShouldBe(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void A_session_that_did_its_work_ends_the_row()
    {
        for (var i = 0; i < 10; i++) _pause.AfterFailure(Short);
        _pause.AfterFailure(TimeSpan.FromSeconds(20)).ShouldBe(TimeSpan.FromMilliseconds(200));
        _pause.AfterFailure(Short).ShouldBe(TimeSpan.FromMilliseconds(400));
    }
}
