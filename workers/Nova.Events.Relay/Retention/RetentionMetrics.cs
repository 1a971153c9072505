using System.Diagnostics.Metrics;

namespace Nova.Events.Relay.Retention;

/// <summary>What the last pass of the retention found, meter <c>Nova.Events.Relay.Retention</c>. Absent while this relay is not the active one.</summary>
internal sealed class RetentionMetrics : IDisposable
{
    private readonly Meter _meter = new("Nova.Events.Relay.Retention");
    private readonly TimeProvider _time;
    private volatile RetentionReport? _last;

    public RetentionMetrics(TimeProvider time)
    {
        _time = time;
        _meter.CreateObservableGauge("nova.outbox.partitions.ahead", Ahead, "{partition}", "Days from today on that have a partition.");
        _meter.CreateObservableGauge("nova.outbox.partitions.oldest.age", OldestAge, "s", "Age of the oldest partition's day.");
        _meter.CreateObservableGauge("nova.outbox.partitions.overdue", Overdue, "{partition}", "Partitions older than the retention that can't be dropped, by reason.");
        _meter.CreateObservableGauge("nova.outbox.default.rows", DefaultRows, "{row}", "Rows in the default partition, counted up to 10,000; more than 0 is an alarm.");
    }

    /// <summary>The last pass; null before the first, and while another relay is active.</summary>
    public RetentionReport? Last
    {
        get => _last;
        set => _last = value;
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Ahead() =>
        _last is { } last ? [new(last.AheadOf(DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime)))] : [];

    private IEnumerable<Measurement<double>> OldestAge() => _last?.OldestAge(_time.GetUtcNow()) is { } age ? [new(age.TotalSeconds)] : [];

    /// <summary>A zero without reason where none is overdue: an alarm needs something to compare.</summary>
    private IEnumerable<Measurement<int>> Overdue() => _last is not { } last
        ? []
        : last.Overdue.Select(days => new Measurement<int>(days.Count(), KeyValuePair.Create("reason", (object?)days.Key))).DefaultIfEmpty(new Measurement<int>(0)).ToList();

    private IEnumerable<Measurement<long>> DefaultRows() => _last is { } last ? [new(last.DefaultRows)] : [];
}
