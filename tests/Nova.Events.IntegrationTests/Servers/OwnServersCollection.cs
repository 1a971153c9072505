using Xunit;

namespace Nova.Events.IntegrationTests.Servers;

/// <summary>Tests whose servers are their own, one after the other, beside those of <see cref="ServersCollection"/>: chaos and benches wait more than they work.</summary>
[CollectionDefinition(Name)]
public sealed class OwnServersCollection
{
    public const string Name = "own servers";
}
