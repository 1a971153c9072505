using Nova.Events.ChaosTests.Watching;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Chaos;

/// <summary>How long nothing new came, because of one fault.</summary>
public sealed class SilenceTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Silence _silence = new(Began);

    [Fact]
    public async Task It_is_the_longest_gap_up_to_the_first_event_that_was_written_after_the_fault()
    {
        _silence.Arrived(At(0.1), written: At(0)).ShouldBeFalse();
        _silence.Arrived(At(4.1), written: At(0.2)).ShouldBeFalse();
        _silence.End(At(5));
        _silence.Arrived(At(5.5), written: At(4.9)).ShouldBeFalse();
        _silence.Arrived(At(6), written: At(5.1)).ShouldBeTrue();
        (await _silence.Over).ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task It_begins_with_the_fault_where_nothing_came_since()
    {
        _silence.End(At(2));
        _silence.Arrived(At(7), written: At(6.9)).ShouldBeTrue();
        (await _silence.Over).ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void While_the_fault_lasts_it_is_not_over()
    {
        _silence.Arrived(At(1), written: At(0.9)).ShouldBeFalse();
        _silence.Over.IsCompleted.ShouldBeFalse();
    }

    private static DateTimeOffset At(double seconds) => Began + TimeSpan.FromSeconds(seconds);
}
