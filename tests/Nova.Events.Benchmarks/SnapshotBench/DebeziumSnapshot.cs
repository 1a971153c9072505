using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Servers;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>Debezium's initial snapshot: it makes its slot, reads the table in the slot's own snapshot, then the WAL.</summary>
internal sealed class DebeziumSnapshot(DebeziumOptions options, int rows) : ISnapshotContender
{
    public IPublisher Publisher { get; } = new DebeziumCapture(options, reads: true);

    public Task PrepareAsync(BenchDatabase database, PublisherPlace place, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <remarks>Changes come behind all rows.</remarks>
    public Task<bool> IsDoneAsync(BenchDatabase database, long records, CancellationToken cancellationToken) => Task.FromResult(records > rows);
}
