using Xunit;

namespace Nova.Events.IntegrationTests.Servers;

/// <summary>
/// Every integration test class that needs the shared servers is in this collection, <c>[Collection(ServersCollection.Name)]</c>, with a <see cref="RunningServers"/>
/// in its constructor. They start with the first such class and end after the last. Tests run one after the other.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ServersCollection : ICollectionFixture<RunningServers>
{
    public const string Name = "servers";
}
