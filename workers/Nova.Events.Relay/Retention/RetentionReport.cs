namespace Nova.Events.Relay.Retention;

/// <summary>What one pass of the retention found and did.</summary>
/// <param name="Made">Partitions made ahead.</param>
/// <param name="Dropped">Days whose partition was dropped.</param>
/// <param name="Kept">Days whose partition is there now, oldest first.</param>
/// <param name="DefaultRows">Rows in the default partition, counted up to 10,000.</param>
internal sealed record RetentionReport(int Made, IReadOnlyList<DateOnly> Dropped, IReadOnlyList<OutboxDay> Kept, long DefaultRows)
{
    /// <summary>Stands in the metric where a longer transaction holds the table that a day is to be dropped from.</summary>
    public const string Locked = "locked";

    /// <summary>Days from today on, without a gap, that have a partition: how long writers would find one if nobody made any more.</summary>
    public int AheadOf(DateOnly today)
    {
        var days = Kept.Select(kept => kept.Day).ToHashSet();
        var ahead = 0;
        while (days.Contains(today.AddDays(ahead))) ahead++;
        return ahead;
    }

    /// <summary>Time since the oldest partition's day began; null without partitions.</summary>
    public TimeSpan? OldestAge(DateTimeOffset now) => Kept is [var oldest, ..] ? now.UtcDateTime - oldest.Day.ToDateTime(TimeOnly.MinValue) : null;

    /// <summary>Overdue days by what stands in their way.</summary>
    public IEnumerable<IGrouping<string, OutboxDay>> Overdue => Kept.Where(day => day.IsOverdue).GroupBy(day => day.Obstacle ?? Locked);
}
