namespace Nova.Events.Cli.Up;

/// <summary>How far every hop is at one moment, counted from the start of this run.</summary>
/// <param name="At">When, since the start.</param>
/// <param name="Committed">Domain events committed by the workload.</param>
/// <param name="Accepted">Client events accepted by the API.</param>
/// <param name="Published">Outbox messages acknowledged by Kafka.</param>
/// <param name="DomainRows">New rows in <c>outbox_events</c>; null while ClickHouse does not answer.</param>
/// <param name="ClientRows">New rows in <c>events_raw</c>; null while ClickHouse does not answer.</param>
/// <param name="RelayLag">Seconds since the oldest commit that is not acknowledged.</param>
/// <param name="SinkLag">Seconds since the oldest record that is not in ClickHouse was published.</param>
/// <param name="HotPosts">Posts on the hot list; null without a list.</param>
/// <param name="HotAge">Seconds since the hot list was built.</param>
/// <param name="Relay">State of the relay.</param>
internal sealed record HopSample(
    TimeSpan At, long Committed, long Accepted, long Published, long? DomainRows, long? ClientRows,
    double? RelayLag, double? SinkLag, long? HotPosts, double? HotAge, string Relay)
{
    /// <summary>Everything that was written is in ClickHouse.</summary>
    public bool IsDrained => DomainRows >= Committed && ClientRows >= Accepted;
}
