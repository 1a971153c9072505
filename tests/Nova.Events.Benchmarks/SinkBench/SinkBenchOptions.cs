namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>What <c>bench sink</c> was asked for.</summary>
/// <param name="Events">Client events in the topic.</param>
/// <param name="Repeats">Percent of them that repeat the id of one shortly before.</param>
/// <param name="Runs">Runs of each contender, interleaved.</param>
/// <param name="Consumers">Consumers of ClickHouse's Kafka engine.</param>
/// <param name="Skip">Contenders to leave out.</param>
/// <param name="Keep">Servers and topic stay for the next run.</param>
internal sealed record SinkBenchOptions(int Events, int Repeats, int Runs, int Consumers, IReadOnlyCollection<string> Skip, bool Keep);
