using Nova.Events.Cli.Workload;
using Nova.Events.UnitTests.Time;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Cli;

public sealed class PaceTests
{
    private readonly TimerClock _clock = new();

    [Fact]
    public void Ten_a_second_are_due_a_tenth_of_a_second_apart()
    {
        var pace = new Pace(10, _clock);
        NextAsync(pace).IsCompletedSuccessfully.ShouldBeTrue();
        for (var i = 0; i < 5; i++)
        {
            var next = NextAsync(pace);
            _clock.Advance(TimeSpan.FromMilliseconds(99));
            next.IsCompleted.ShouldBeFalse();
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            next.IsCompletedSuccessfully.ShouldBeTrue();
        }
    }

    [Fact]
    public void Short_waits_are_gathered_to_the_grain_of_a_timer()
    {
        var pace = new Pace(1_000, _clock);
        CountDue(pace).ShouldBe(6);
    }

    [Fact]
    public void After_a_pause_it_catches_up_by_half_a_second_s_worth_and_no_more()
    {
        var pace = new Pace(10, _clock);
        _clock.Advance(TimeSpan.FromMinutes(1));
        CountDue(pace).ShouldBe(6);
    }

    [Fact]
    public async Task A_wait_ends_with_its_token()
    {
        var pace = new Pace(1, _clock);
        await pace.NextAsync(default);
        using var stop = new CancellationTokenSource();
        var next = pace.NextAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(next);
    }

    [Fact]
    public void A_pace_of_nothing_is_refused() => Should.Throw<ArgumentOutOfRangeException>(() => new Pace(0, _clock));

    private static Task NextAsync(Pace pace) => pace.NextAsync(CancellationToken.None).AsTask();

    /// <summary>How many are due now; the one that is not is left waiting.</summary>
    private static int CountDue(Pace pace)
    {
        var due = 0;
        while (NextAsync(pace).IsCompleted) due++;
        return due;
    }
}
