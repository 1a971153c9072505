using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Wal;

namespace Nova.Events.Benchmarks.RelayBench;

/// <summary>What <c>bench relay</c> was asked for.</summary>
internal sealed record RelayBenchOptions(WalContent Content, int Runs, IReadOnlyCollection<string> Skip, DebeziumOptions Debezium, bool Keep);
