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
internal sealed record CapturedRoute(CapturedTable Table, Route Route, byte[] Name, bool Tombstones, byte[] SoftDelete);

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
        if (!_routes.TryGetValue(relation.Oid, out var route) || !ReferenceEquals(route.Table.Relation, relation)) _routes[relation.Oid] = route = Make(relation);
        return _last = route;
    }

    private CapturedRoute Make(Relation relation)
    {
        var name = CapturedName.Of(relation.Schema, relation.Name);
        var table = options.Capture.Of(name);
        return new CapturedRoute(
            tables.Of(relation), RouteOf(options.Capture.TopicOf(name), name, table?.Poison ?? options.Poison), Encoding.UTF8.GetBytes(name),
            table?.Tombstones ?? options.Capture.Tombstones, Encoding.UTF8.GetBytes(table?.SoftDeleteColumn ?? ""));
    }

    /// <summary>One object for each topic, and one table: two would share their keys.</summary>
    private Route RouteOf(string topic, string table, PoisonPolicy poison)
    {
        if (!_topics.TryGetValue(topic, out var known)) _topics[topic] = known = (new Route(topic, poison), table);
        if (known.Table == table) return known.Route;
        throw new PoisonException(
            PoisonKind.Unroutable, $"{table} and {known.Table} both go to topic '{topic}'; give one of them another: Relay:Capture:Tables:{table}:Topic");
    }
}
