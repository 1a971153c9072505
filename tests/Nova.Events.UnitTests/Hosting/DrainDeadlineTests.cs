using Nova.Events.Hosting.Stopping;
using Nova.Events.UnitTests.Time;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Hosting;

public sealed class DrainDeadlineTests : IDisposable
{
    private readonly TimerClock _clock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly DrainDeadline _deadline;

    public DrainDeadlineTests() => _deadline = new DrainDeadline(TimeSpan.FromSeconds(10), _clock, _stopping.Token);

    public void Dispose()
    {
        _deadline.Dispose();
        _stopping.Dispose();
    }

    [Fact]
    public void Without_a_stop_the_deadline_never_comes()
    {
        _clock.Advance(TimeSpan.FromDays(1));
        _deadline.Token.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public void It_runs_from_the_stop_on()
    {
        _clock.Advance(TimeSpan.FromSeconds(60));
        _stopping.Cancel();
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        _deadline.Token.IsCancellationRequested.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        _deadline.Token.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void A_stop_that_came_before_it_counts_too()
    {
        _stopping.Cancel();
        using var late = new DrainDeadline(TimeSpan.FromSeconds(1), _clock, _stopping.Token);
        late.Token.IsCancellationRequested.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        late.Token.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void Disposed_in_time_it_fires_no_more()
    {
        _stopping.Cancel();
        _deadline.Dispose();
        _clock.Waiting.ShouldBe(0);
    }
}
