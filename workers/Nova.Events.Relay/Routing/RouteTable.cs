using System.Text;
using System.Text.RegularExpressions;

namespace Nova.Events.Relay.Routing;

/// <summary>Where the records of an aggregate type, or of a captured table, go.</summary>
/// <param name="Topic">Their topic.</param>
/// <param name="Poison">What becomes of a record that can't be published there.</param>
/// <param name="IsCapture">True for a captured table.</param>
internal sealed record Route(string Topic, PoisonPolicy Poison, bool IsCapture = false);

/// <summary>Topics by aggregate type: the prefix and the type, unless a route names another. Finds a known one without an allocation.</summary>
internal sealed partial class RouteTable(RelayOptions options)
{
    private const int LongestType = 200;

    /// <summary>Of a topic's name, by Kafka.</summary>
    private const int LongestTopic = 249;
    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Route> _given = new(StringComparer.Ordinal);

    /// <summary>The route of an aggregate type in UTF-8.</summary>
    /// <exception cref="PoisonException">It names no topic.</exception>
    public Route Of(ReadOnlySpan<byte> aggregateType)
    {
        Span<char> text = stackalloc char[LongestType];
        if (aggregateType.Length is 0 or > LongestType || !Encoding.UTF8.TryGetChars(aggregateType, text, out var length))
            throw Unroutable(aggregateType);
        if (_routes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..length], out var known)) return known;
        if (!TypeName.IsMatch(text[..length])) throw Unroutable(aggregateType);
        var type = new string(text[..length]);
        var route = options.Routes.TryGetValue(type, out var configured) ? configured : null;
        var topic = route?.Topic ?? options.TopicPrefix + type;
        if (topic.Length > LongestTopic) throw new PoisonException(PoisonKind.Unroutable, $"its topic's name is {topic.Length} characters long, Kafka takes {LongestTopic}");
        return _routes[type] = new Route(topic, route?.Poison ?? options.Poison);
    }

    /// <summary>The route to a topic by its name: one object for each, as for those of a type.</summary>
    public Route To(string topic) => _given.TryGetValue(topic, out var known) ? known : _given[topic] = new Route(topic, PoisonPolicy.Park);

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex TypeName { get; }

    private static PoisonException Unroutable(ReadOnlySpan<byte> aggregateType) => new(
        PoisonKind.Unroutable,
        $"aggregate type '{Encoding.UTF8.GetString(aggregateType[..Math.Min(40, aggregateType.Length)])}' names no topic: it takes 1 to {LongestType} of A-Z, a-z, 0-9, '-' and '_'");
}
