using System.Collections.Immutable;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming.Deduplication;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>The last position of each source below the watermark, by the source's number in the rule.</summary>
internal sealed class SourcePositions(PositionRule rule, ImmutableSortedDictionary<string, Position> start)
{
    private Position?[] _last = new Position?[4];

    public void Set(int source, Position position)
    {
        if (source >= _last.Length) Array.Resize(ref _last, source + 4);
        _last[source] = position;
    }

    public ImmutableSortedDictionary<string, Position> ToDictionary()
    {
        var positions = start.ToBuilder();
        for (var source = 0; source < _last.Length; source++)
            if (_last[source] is { } position) positions[rule.NameOf(source)] = position;
        return positions.ToImmutable();
    }
}
