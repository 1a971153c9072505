namespace Nova.Events.Relay.Snapshots;

/// <summary>Holds a snapshot to a rate.</summary>
/// <param name="rowsPerSecond">The rate; null for none.</param>
/// <param name="time">The clock.</param>
internal sealed class SnapshotPace(int? rowsPerSecond, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _rows;

    /// <summary>Waits until so many rows more are due.</summary>
    public Task WaitAsync(long rows, CancellationToken cancellationToken)
    {
        _rows += rows;
        var early = rowsPerSecond is { } rate ? TimeSpan.FromSeconds((double)_rows / rate) - time.GetElapsedTime(_start) : TimeSpan.Zero;
        return early > TimeSpan.Zero ? Task.Delay(early, time, cancellationToken) : Task.CompletedTask;
    }
}
