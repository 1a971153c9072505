using Nova.Events.Benchmarks.Contenders;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>What <c>bench snapshot</c> was asked for.</summary>
/// <param name="Rows">Rows of the table.</param>
/// <param name="Rate">Updates a second meanwhile, in all.</param>
/// <param name="Runs">Runs of each contender, interleaved.</param>
/// <param name="Skip">Contenders to leave out.</param>
/// <param name="Debezium">How Debezium is run.</param>
internal sealed record SnapshotBenchOptions(int Rows, int Rate, int Runs, IReadOnlyCollection<string> Skip, DebeziumOptions Debezium)
{
    /// <summary>Connections that write.</summary>
    public const int Writers = 2;
}
