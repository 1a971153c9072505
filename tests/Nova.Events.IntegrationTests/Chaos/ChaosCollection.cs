using Xunit;

namespace Nova.Events.IntegrationTests.Chaos;

/// <summary>Chaos runs, one after the other: processes and servers of their own, which wait more than they work, beside the tests of <see cref="Servers.ServersCollection"/>.</summary>
[CollectionDefinition(Name)]
public sealed class ChaosCollection
{
    public const string Name = "chaos";
}
