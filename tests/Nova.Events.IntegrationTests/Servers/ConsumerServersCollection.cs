using Xunit;

namespace Nova.Events.IntegrationTests.Servers;

/// <summary>As <see cref="ServersCollection"/>, with servers of its own and beside it: what consumes, where the other writes and publishes.</summary>
[CollectionDefinition(Name)]
public sealed class ConsumerServersCollection : ICollectionFixture<RunningServers>
{
    public const string Name = "servers of consumers";
}
