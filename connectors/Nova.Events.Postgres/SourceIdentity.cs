using System.Globalization;
using Nova.Events.Postgres.Wal.Wire;

namespace Nova.Events.Postgres;

/// <summary>Which database cluster this is, and along which timelines its WAL came here.</summary>
/// <param name="SystemId">Set by initdb; another cluster has another one.</param>
/// <param name="Lineage">Its timelines.</param>
public sealed record SourceIdentity(ulong SystemId, TimelineLineage Lineage)
{
    /// <summary>Asks the server, through a replication connection of its own.</summary>
    public static Task<SourceIdentity> ReadAsync(string connectionString, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            using var wire = ReplicationWire.Open(connectionString);
            return Read(wire);
        },
        cancellationToken);

    internal static SourceIdentity Read(ReplicationWire wire)
    {
        var system = wire.Query("IDENTIFY_SYSTEM")[0];
        var timeline = int.Parse(system[1]!, CultureInfo.InvariantCulture);
        // The first timeline has no history.
        var history = timeline == 1 ? "" : wire.Query($"TIMELINE_HISTORY {timeline}")[0][1]!;
        return new SourceIdentity(ulong.Parse(system[0]!, CultureInfo.InvariantCulture), TimelineLineage.Parse(timeline, history));
    }
}
