using Xunit;

namespace Nova.Events.IntegrationTests.Servers;

/// <summary>
/// Every integration test class but the chaos runs is in this collection: <c>[Collection(ServersCollection.Name)]</c>, with a <see cref="RunningServers"/> in its
/// constructor if it uses the shared servers. They start with the first such class and end after the last. Tests run one after the other.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ServersCollection : ICollectionFixture<RunningServers>
{
    public const string Name = "servers";
}
