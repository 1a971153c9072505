using System.Buffers;
using System.Globalization;
using System.Text;

namespace Nova.Events.Relay.Routing;

/// <summary>PostgreSQL's text form of timestamptz (<c>2026-11-21 04:05:06.789+00</c>, DateStyle ISO, TimeZone UTC), or ISO 8601's, as ISO 8601 in UTC.</summary>
internal static class PostgresTimestamp
{
    /// <summary>Length of what it writes: <c>2026-11-21T04:05:06.789000Z</c>.</summary>
    public const int Length = 27;
    private const int ToSeconds = 19;
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    /// <summary>Writes the time in UTC with microseconds.</summary>
    /// <param name="text">The time.</param>
    /// <param name="fromServer">True if PostgreSQL wrote the text: then its usual form is rearranged rather than parsed.</param>
    /// <param name="destination">Room for <see cref="Length"/> bytes.</param>
    /// <exception cref="FormatException">It is no time, or one beyond the years 1 to 9999.</exception>
    public static void WriteIso8601(ReadOnlySpan<byte> text, bool fromServer, Span<byte> destination)
    {
        if (fromServer && IsUsual(text, out var fraction))
        {
            text[..ToSeconds].CopyTo(destination);
            destination[10] = (byte)'T';
            destination[ToSeconds] = (byte)'.';
            destination.Slice(ToSeconds + 1, 6).Fill((byte)'0');
            fraction.CopyTo(destination[(ToSeconds + 1)..]);
            destination[Length - 1] = (byte)'Z';
            return;
        }

        if (text.Length > 40 || !DateTimeOffset.TryParse(Encoding.ASCII.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw new FormatException($"'{Encoding.UTF8.GetString(text[..Math.Min(40, text.Length)])}' is no time.");
        Encoding.ASCII.GetBytes(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture), destination);
    }

    /// <summary>The form that nearly all have: a year of four digits, UTC; so that no date must be parsed on the hot path.</summary>
    private static bool IsUsual(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> fraction)
    {
        fraction = default;
        if (text.Length < ToSeconds + 3 || !text.EndsWith("+00"u8)) return false;
        var rest = text[ToSeconds..^3];
        if (rest.Length > 0)
        {
            if (rest[0] != '.' || rest.Length > 7) return false;
            fraction = rest[1..];
        }

        return text[4] == '-' && text[7] == '-' && text[10] == ' ' && text[13] == ':' && text[16] == ':'
            && !text[..4].ContainsAnyExcept(Digits) && !fraction.ContainsAnyExcept(Digits);
    }
}
