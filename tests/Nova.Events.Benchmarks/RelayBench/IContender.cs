using Nova.Events.Benchmarks.Wal;

namespace Nova.Events.Benchmarks.RelayBench;

/// <summary>Something that reads the prepared WAL to its end.</summary>
internal interface IContender
{
    string Name { get; }

    /// <summary>Why it can't run here; null if it can.</summary>
    string? Missing { get; }

    /// <summary>One run over the whole of <paramref name="wal"/>.</summary>
    Task<ContenderRun> RunAsync(PreparedWal wal, CancellationToken cancellationToken);
}
