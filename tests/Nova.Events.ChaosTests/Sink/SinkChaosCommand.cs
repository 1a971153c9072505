using Nova.Events.ChaosTests.Commands;

namespace Nova.Events.ChaosTests.Sink;

/// <summary><c>chaos sink</c>: sinks of one group, ClickHouse and a broker, killed, frozen and cut off while writers write.</summary>
internal static class SinkChaosCommand
{
    public static ChaosCommand Command { get; } = new(
        "sink",
        "Kills, freezes and cuts off sinks, ClickHouse and broker while writers write; then compares Kafka with ClickHouse. Exit code 3 if anything is lost, doubled or falsely in the dead letters.",
        SinkFaults.All,
        "Faults of each of the twelve kinds, and three times as many kills of a sink.",
        Faults: 10,
        "Records a second, of all writers.",
        Rate: 1_000,
        static (options, stop) => new SinkChaosRun(options).RunAsync(stop));
}
