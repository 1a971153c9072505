using System.Collections.Immutable;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Deduplication;

/// <summary>
/// Within a partition the positions of one source grow; a record whose position is not above the last one of its source is a repeat. A record without a
/// position is never one. The last positions come with the committed offset; they are never inferred.
/// </summary>
internal sealed class PositionRule(ImmutableSortedDictionary<string, Position> positions)
{
    private readonly Dictionary<string, Position> _last = new(positions, StringComparer.Ordinal);
    private ImmutableSortedDictionary<string, Position>? _snapshot = positions;

    /// <summary>The last position of each source, up to the record that was asked about last.</summary>
    public ImmutableSortedDictionary<string, Position> Positions => _snapshot ??= _last.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public bool IsRepeat(ConsumedRecord record) => IsRepeat(record, out _);

    public bool IsRepeat(ConsumedRecord record, out SourcePosition? position)
    {
        position = null;
        if (!record.TryGetHeader(HeaderNames.Position, out var header) || !SourcePosition.TryParse(header, out var parsed)) return false;
        if (_last.TryGetValue(parsed.Source, out var last) && parsed.Position <= last) return true;
        _last[parsed.Source] = parsed.Position;
        _snapshot = null;
        position = parsed;
        return false;
    }
}
