using System.Globalization;
using System.Text;

namespace Nova.Events.Kafka.Consuming.State;

/// <summary>Offsets of a range that an insert leaves out, as sorted spans that neither touch nor overlap.</summary>
internal sealed class OffsetSpans
{
    private readonly List<(long First, long Last)> _spans;

    private OffsetSpans(List<(long First, long Last)> spans) => _spans = spans;

    public static OffsetSpans None { get; } = new([]);

    public bool IsEmpty => _spans.Count == 0;

    public IReadOnlyList<(long First, long Last)> Spans => _spans;

    /// <summary>How many offsets.</summary>
    public int Count => _spans.Sum(static span => (int)(span.Last - span.First + 1));

    public static OffsetSpans Of(IEnumerable<long> offsets)
    {
        var spans = new Growing();
        foreach (var offset in offsets.Order()) spans.Add(offset);
        return spans.Done();
    }

    public OffsetSpans Union(OffsetSpans other) => Of(Offsets().Concat(other.Offsets()));

    public bool Contains(long offset)
    {
        var (low, high) = (0, _spans.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (offset < _spans[middle].First) high = middle - 1;
            else if (offset > _spans[middle].Last) low = middle + 1;
            else return true;
        }

        return false;
    }

    /// <summary>Only the first <paramref name="count"/> spans.</summary>
    public OffsetSpans Take(int count) => new(_spans.Take(count).ToList());

    /// <summary>What of them lies between the two, both included.</summary>
    public OffsetSpans Within(long first, long last) =>
        new([.. _spans.Where(span => span.Last >= first && span.First <= last).Select(span => (Math.Max(span.First, first), Math.Min(span.Last, last)))]);

    /// <summary>Writes each span as <c>gap+length</c> in hex, the gap counted from the end of the one before, the first from <paramref name="origin"/>.</summary>
    public void AppendTo(StringBuilder text, long origin)
    {
        for (var i = 0; i < _spans.Count; i++)
        {
            var (first, last) = _spans[i];
            if (i > 0) text.Append('.');
            text.Append(CultureInfo.InvariantCulture, $"{first - origin:x}+{last - first + 1:x}");
            origin = last + 1;
        }
    }

    /// <summary>Reads what <see cref="AppendTo"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static OffsetSpans Parse(string text, long origin)
    {
        if (text.Length == 0) return None;
        var spans = new List<(long First, long Last)>();
        foreach (var part in text.Split('.'))
        {
            var plus = part.IndexOf('+', StringComparison.Ordinal);
            var first = origin + long.Parse(part.AsSpan(0, plus), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            origin = first + long.Parse(part.AsSpan(plus + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            spans.Add((first, origin - 1));
        }

        return new OffsetSpans(spans);
    }

    private IEnumerable<long> Offsets()
    {
        foreach (var (first, last) in _spans)
            for (var offset = first; offset <= last; offset++) yield return offset;
    }

    /// <summary>Takes offsets in order.</summary>
    public sealed class Growing
    {
        private readonly List<(long First, long Last)> _spans = [];

        public void Add(long offset)
        {
            if (_spans.Count > 0 && offset <= _spans[^1].Last + 1) _spans[^1] = (_spans[^1].First, Math.Max(_spans[^1].Last, offset));
            else _spans.Add((offset, offset));
        }

        /// <summary>All of them; nothing may be added afterwards.</summary>
        public OffsetSpans Done() => _spans.Count == 0 ? None : new OffsetSpans(_spans);
    }
}
