namespace Nova.Events.CacheProjector.Building;

/// <summary>One way to fill lists: hot posts, suggestions.</summary>
internal interface IListBuild
{
    /// <summary>Name of its job in logs and metrics.</summary>
    string Name { get; }

    /// <summary>Builds every list once and swaps it in; returns what it built.</summary>
    Task<BuildCounts> BuildAsync(Nova.Events.Redis.LeaseGrant lease, CancellationToken cancellationToken);
}

/// <summary>What a build made.</summary>
/// <param name="Tenants">Tenants with a list.</param>
/// <param name="Lists">Lists.</param>
/// <param name="Items">Items on all of them.</param>
/// <param name="IsComplete">False when another builder took over in the middle.</param>
internal readonly record struct BuildCounts(int Tenants, int Lists, int Items, bool IsComplete);
