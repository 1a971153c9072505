using Nova.Events.Relay.Retention;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class RetentionReportTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Fact]
    public void Days_ahead_end_at_the_first_gap()
    {
        Report(-1, 0, 1, 2, 4).AheadOf(Today).ShouldBe(3);
        Report(1, 2).AheadOf(Today).ShouldBe(0);
    }

    [Fact]
    public void The_oldest_age_is_counted_from_the_start_of_its_day_and_unknown_without_one()
    {
        Report(-2, 0).OldestAge(new DateTimeOffset(2026, 11, 21, 6, 0, 0, TimeSpan.Zero)).ShouldBe(TimeSpan.FromHours(54));
        Report().OldestAge(DateTimeOffset.UnixEpoch).ShouldBeNull();
    }

    [Fact]
    public void Overdue_days_are_told_by_reason_and_one_without_obstacle_is_locked()
    {
        OutboxDay[] days = [new(Today.AddDays(-9), true, null, null), new(Today.AddDays(-8), true, "slot_behind", "…"), new(Today, false, "open_transaction", null)];
        new RetentionReport(0, [], days, 0).Overdue.Select(reason => (reason.Key, reason.Count())).ShouldBe([("locked", 1), ("slot_behind", 1)]);
    }

    private static RetentionReport Report(params int[] days) => new(0, [], [.. days.Select(day => new OutboxDay(Today.AddDays(day), false, null, null))], 0);
}
