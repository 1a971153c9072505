using System.Collections.Immutable;
using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Deduplication;

/// <summary>
/// Within a partition the positions of one source grow; a record whose position is not above the last one of its source is a repeat. A record without a
/// position is never one. The last positions come with the committed offset; they are never inferred.
/// </summary>
/// <param name="positions">The last position of each source so far.</param>
/// <param name="uncounted">Hears of the first source that is one too many; once.</param>
internal sealed class PositionRule(ImmutableSortedDictionary<string, Position> positions, Action<string>? uncounted = null)
{
    /// <summary>
    /// Sources of a partition that count: the first so many in the log. A record of a further one counts as without a position, so who counts follows from state
    /// and log alone. As many fit a commit's metadata with the longest names, beside an intent or 64 parked keys.
    /// </summary>
    public const int MaxSources = 16;

    private readonly List<Source> _sources = [.. positions.Select(static entry => new Source(entry.Key) { Last = entry.Value })];
    private ImmutableSortedDictionary<string, Position>? _snapshot = positions;
    private Action<string>? _uncounted = uncounted;

    /// <summary>The last position of each source, up to the record that was asked about last.</summary>
    public ImmutableSortedDictionary<string, Position> Positions =>
        _snapshot ??= _sources.ToImmutableSortedDictionary(static source => source.Name, static source => source.Last!.Value, StringComparer.Ordinal);

    public bool IsRepeat(RecordView record) => IsRepeat(record, out _, out _);

    /// <summary>The same, with the record's position and the number of its source, by which <see cref="NameOf"/> knows it; −1 where it counts for none.</summary>
    public bool IsRepeat(RecordView record, out int source, out Position position)
    {
        source = -1;
        if (!record.TryGetHeader("position"u8, out var header) || !SourcePosition.TryParse(header, out var name, out position) || Of(name) is not { } known)
        {
            position = default;
            return false;
        }

        if (position <= _sources[known].Last) return true;
        (_sources[known].Last, _snapshot, source) = (position, null, known);
        return false;
    }

    public string NameOf(int source) => _sources[source].Name;

    // A partition has one source or two: looking through them takes no hash and makes no string.
    private int? Of(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _sources.Count; i++)
            if (name.SequenceEqual(_sources[i].Utf8)) return i;
        if (_sources.Count < MaxSources)
        {
            _sources.Add(new Source(Encoding.ASCII.GetString(name)));
            return _sources.Count - 1;
        }

        _uncounted?.Invoke(Encoding.ASCII.GetString(name));
        _uncounted = null;
        return null;
    }

    private sealed class Source(string name)
    {
        public string Name => name;

        public byte[] Utf8 { get; } = Encoding.ASCII.GetBytes(name);

        /// <summary>Null before its first record.</summary>
        public Position? Last { get; set; }
    }
}
