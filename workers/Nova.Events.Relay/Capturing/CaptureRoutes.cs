using System.Text;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Wal;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Capturing;

/// <summary>Where the changes of a captured table go, and how they are written.</summary>
/// <param name="Table">The table as the WAL describes it now.</param>
/// <param name="Route">Its topic.</param>
/// <param name="Name">Schema and name.</param>
/// <param name="Tombstones">True if a tombstone follows a delete.</param>
/// <param name="SoftDelete">Name of the column that marks a row as deleted; empty without one.</param>
internal sealed record CapturedRoute(CapturedTable Table, Route Route, string Name, bool Tombstones, byte[] SoftDelete);

/// <summary>The captured tables of a session by their descriptions.</summary>
internal sealed class CaptureRoutes(RelayOptions options, TableCapture tables)
{
    private readonly Dictionary<uint, CapturedRoute> _routes = [];
    private readonly Dictionary<string, (Route Route, string Table)> _topics = new(StringComparer.Ordinal);
    private CapturedRoute? _last;

    /// <summary>The route of a table; made anew when the WAL describes the table anew.</summary>
    /// <exception cref="PoisonException">Another table has its topic.</exception>
    public CapturedRoute Of(Relation relation)
    {
        if (ReferenceEquals(_last?.Table.Relation, relation)) return _last;
        if (!_routes.TryGetValue(relation.Oid, out var route) || !ReferenceEquals(route.Table.Relation, relation)) _routes[relation.Oid] = route = Of(tables.Of(relation));
        return _last = route;
    }

    /// <summary>The route of a table as it was read.</summary>
    /// <exception cref="PoisonException">Another table has its topic.</exception>
    public CapturedRoute Of(CapturedTable table)
    {
        var name = CapturedName.Of(table.Relation.Schema, table.Relation.Name);
        var configured = options.Capture.Of(name);
        return new CapturedRoute(
            table, RouteOf(options.Capture.TopicOf(name), name, configured?.Poison ?? options.Poison), name,
            configured?.Tombstones ?? options.Capture.Tombstones, Encoding.UTF8.GetBytes(configured?.SoftDeleteColumn ?? ""));
    }

    /// <summary>The route of a table that has changed in this session; null for one that has not.</summary>
    public CapturedRoute? Known(uint oid) => _routes.GetValueOrDefault(oid);

    /// <summary>One object for each topic, and one table: two would share their keys.</summary>
    private Route RouteOf(string topic, string table, PoisonPolicy poison)
    {
        if (!_topics.TryGetValue(topic, out var known)) _topics[topic] = known = (new Route(topic, poison, IsCapture: true), table);
        if (known.Table == table) return known.Route;
        throw new PoisonException(
            PoisonKind.Unroutable, $"{table} and {known.Table} both go to topic '{topic}'; give one of them another: Relay:Capture:Tables:{table}:Topic");
    }
}
