using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Servers;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>Something that reads the captured table while it is written to, and publishes it.</summary>
internal interface ISnapshotContender
{
    IPublisher Publisher { get; }

    /// <summary>Makes what must be there before its process starts.</summary>
    Task PrepareAsync(BenchDatabase database, PublisherPlace place, CancellationToken cancellationToken);

    /// <summary>True once all rows are published.</summary>
    /// <param name="database">Where the table is.</param>
    /// <param name="records">Records of the topic so far, changes included.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<bool> IsDoneAsync(BenchDatabase database, long records, CancellationToken cancellationToken);
}
