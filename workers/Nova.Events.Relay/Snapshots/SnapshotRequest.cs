namespace Nova.Events.Relay.Snapshots;

/// <summary>A row of <c>nova.snapshots</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Table">Schema and name.</param>
/// <param name="Filter">An SQL condition on its rows; null for all.</param>
/// <param name="RowsPerSecond">Most rows a second; null for the relay's own.</param>
/// <param name="State">requested, running, paused, done, failed or cancelled.</param>
/// <param name="Reason">Why it failed, or what it waits for.</param>
/// <param name="KeyColumns">Columns of the key when it began; null before.</param>
/// <param name="LastKey">Rows up to this one are published; null before the first.</param>
/// <param name="EndKey">The last one there was when it began.</param>
/// <param name="Chunks">Chunks published.</param>
/// <param name="Rows">Rows published.</param>
/// <param name="EstimatedRows">Rows that the server believed there were; null where it has never counted.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="UpdatedAt">When a chunk was published last.</param>
public sealed record SnapshotRequest(
    long Id, string Table, string? Filter, int? RowsPerSecond, string State, string? Reason, IReadOnlyList<string>? KeyColumns, IReadOnlyList<string>? LastKey, IReadOnlyList<string>? EndKey,
    long Chunks, long Rows, long? EstimatedRows, DateTimeOffset? StartedAt, DateTimeOffset? UpdatedAt)
{
    /// <summary>Rows a second since it began; null before the first chunk.</summary>
    public double? Rate => StartedAt is { } started && UpdatedAt > started ? Rows / (UpdatedAt.Value - started).TotalSeconds : null;

    /// <summary>How long it will take still, at that rate, by the server's estimate of the rows; null where nothing is known.</summary>
    public TimeSpan? Remaining => State == "running" && Filter is null && EstimatedRows is { } rows && Rate is > 0 and var rate ? TimeSpan.FromSeconds(Math.Max(0, rows - Rows) / rate) : null;
}
