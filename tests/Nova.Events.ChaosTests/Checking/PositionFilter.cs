using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Nova.Events.ChaosTests.Checking;

/// <summary>
/// The consumers' rule in its plainest form: within a partition, a record whose position is not above the last one of its source is a repeat.
/// Written anew on purpose, by text alone: what checks the product shares no code with it.
/// </summary>
internal sealed partial class PositionFilter
{
    private readonly Dictionary<(string Topic, int Partition, string Source), string> _last = [];

    /// <summary>True for a header that is a position; the rule does not concern any other.</summary>
    public static bool IsPosition([NotNullWhen(true)] string? header) => header is not null && Header().IsMatch(header);

    /// <summary>True for a repeat; a header is <c>source@position</c>, and positions of one source compare as text.</summary>
    public bool IsRepeat(string topic, int partition, string header)
    {
        var at = header.IndexOf('@', StringComparison.Ordinal);
        var (place, position) = ((topic, partition, header[..Math.Max(at, 0)]), header[(at + 1)..]);
        if (_last.TryGetValue(place, out var last) && string.CompareOrdinal(position, last) <= 0) return true;
        _last[place] = position;
        return false;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}@[0-9a-f]{4}\.[0-9a-f]{16}\.[0-9a-f]{8}\z")]
    private static partial Regex Header();
}
