using Nova.Events.ChaosTests.Commands;

namespace Nova.Events.ChaosTests.Relay;

/// <summary><c>chaos relay</c>: two relays, a database and a broker, killed, frozen and cut off while writers write.</summary>
internal static class RelayChaosCommand
{
    public static ChaosCommand Command { get; } = new(
        "relay",
        "Kills, freezes and cuts off relay, database and broker while writers write; then compares the database with Kafka. Exit code 3 if anything is lost, doubled or out of order.",
        RelayFaults.All,
        "Faults of each of the nine kinds: kill, freeze and cut, of relay, database and broker.",
        Faults: 20,
        "Transactions a second, of all writers.",
        Rate: 200,
        static (options, stop) => new RelayChaosRun(options).RunAsync(stop));
}
