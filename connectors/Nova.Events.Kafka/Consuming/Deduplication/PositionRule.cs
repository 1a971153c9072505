using System.Collections.Immutable;
using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Deduplication;

/// <summary>
/// Within a partition the positions of one source grow; a record whose position is not above the last one of its source is a repeat. A record without a
/// position is never one. The last positions come with the committed offset; they are never inferred.
/// </summary>
internal sealed class PositionRule(ImmutableSortedDictionary<string, Position> positions)
{
    private readonly List<Source> _sources = [.. positions.Select(static entry => new Source(entry.Key) { Last = entry.Value })];
    private ImmutableSortedDictionary<string, Position>? _snapshot = positions;

    /// <summary>The last position of each source, up to the record that was asked about last.</summary>
    public ImmutableSortedDictionary<string, Position> Positions =>
        _snapshot ??= _sources.ToImmutableSortedDictionary(static source => source.Name, static source => source.Last!.Value, StringComparer.Ordinal);

    public bool IsRepeat(RecordView record) => IsRepeat(record, out _);

    public bool IsRepeat(RecordView record, out SourcePosition? position)
    {
        position = null;
        if (!record.TryGetHeader("position"u8, out var header) || !SourcePosition.TryParse(header, out var name, out var parsed)) return false;
        var source = Of(name);
        if (parsed <= source.Last) return true;
        (source.Last, _snapshot) = (parsed, null);
        position = new SourcePosition(source.Name, parsed);
        return false;
    }

    // A partition has one source or two: looking through them takes no hash and makes no string.
    private Source Of(ReadOnlySpan<byte> name)
    {
        foreach (var known in _sources)
            if (name.SequenceEqual(known.Utf8)) return known;
        var source = new Source(Encoding.ASCII.GetString(name));
        _sources.Add(source);
        return source;
    }

    private sealed class Source(string name)
    {
        public string Name => name;

        public byte[] Utf8 { get; } = Encoding.ASCII.GetBytes(name);

        /// <summary>Null before its first record.</summary>
        public Position? Last { get; set; }
    }
}
