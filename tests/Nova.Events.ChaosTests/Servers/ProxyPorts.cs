using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Files;

namespace Nova.Events.ChaosTests.Servers;

/// <summary>The ports of the network: each member has its own way to each server, so that one can be cut off while the other is not.</summary>
internal sealed class ProxyPorts
{
    private readonly Dictionary<string, (int Store, ProxiedListener Kafka)> _members;

    private ProxyPorts(int api, Dictionary<string, (int Store, ProxiedListener Kafka)> members) => (Api, _members) = (api, members);

    /// <summary>Port of the proxy's API.</summary>
    public int Api { get; }

    /// <summary>The same ports as in an earlier run of the folder, while they are free.</summary>
    /// <param name="folder">Of the run.</param>
    /// <param name="members">Processes with ways of their own.</param>
    /// <param name="store">The server beside Kafka.</param>
    public static ProxyPorts Of(string folder, IEnumerable<string> members, ServerKind store)
    {
        var book = new PortBook(Directory.CreateDirectory(Path.Combine(folder, "network")).FullName);
        return new ProxyPorts(
            book.Take("api"),
            members.ToDictionary(member => member, member => (
                book.Take(Way(member, store)),
                new ProxiedListener(member.Replace('-', '_').ToUpperInvariant(), book.Take($"{member}-listener"), book.Take(Way(member, ServerKind.Kafka))))));
    }

    /// <summary>Name of the proxy between the two, such as <c>relay-a-postgres</c>.</summary>
    public static string Way(string member, ServerKind server) => $"{member}-{server.ToString().ToLowerInvariant()}";

    public int Store(string member) => _members[member].Store;

    public ProxiedListener Listener(string member) => _members[member].Kafka;
}
