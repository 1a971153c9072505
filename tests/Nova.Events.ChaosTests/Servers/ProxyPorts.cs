using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Files;

namespace Nova.Events.ChaosTests.Servers;

/// <summary>The ports of the network: each relay has its own way to each server, so that one can be cut off while the other is not.</summary>
internal sealed class ProxyPorts
{
    private readonly Dictionary<string, (int Postgres, ProxiedListener Kafka)> _relays;

    private ProxyPorts(int api, Dictionary<string, (int Postgres, ProxiedListener Kafka)> relays) => (Api, _relays) = (api, relays);

    /// <summary>Port of the proxy's API.</summary>
    public int Api { get; }

    /// <summary>The same ports as in an earlier run of the folder, while they are free.</summary>
    public static ProxyPorts Of(string folder, IEnumerable<string> relays)
    {
        var book = new PortBook(Directory.CreateDirectory(Path.Combine(folder, "network")).FullName);
        return new ProxyPorts(
            book.Take("api"),
            relays.ToDictionary(relay => relay, relay => (
                book.Take(ToPostgres(relay)),
                new ProxiedListener(relay.Replace('-', '_').ToUpperInvariant(), book.Take($"{relay}-listener"), book.Take(ToKafka(relay))))));
    }

    public static string ToPostgres(string relay) => $"{relay}-postgres";

    public static string ToKafka(string relay) => $"{relay}-kafka";

    public int Postgres(string relay) => _relays[relay].Postgres;

    public ProxiedListener Listener(string relay) => _relays[relay].Kafka;
}
