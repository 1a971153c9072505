using Xunit;

namespace Nova.Events.IntegrationTests.Servers;

/// <summary>
/// An integration test class that needs servers is in this collection, <c>[Collection(ServersCollection.Name)]</c>, or in <see cref="ConsumerServersCollection"/>,
/// with a <see cref="RunningServers"/> in its constructor. They start with the first such class and end after the last. Tests run one after the other.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ServersCollection : ICollectionFixture<RunningServers>
{
    public const string Name = "servers";
}
