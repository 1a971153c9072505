using System.Globalization;
using System.Text;

namespace Nova.Events.Relay.Routing;

/// <summary>PostgreSQL's text form of timestamptz (<c>2026-11-21 04:05:06.789+00</c>, DateStyle ISO) as ISO 8601 in UTC.</summary>
internal static class PostgresTimestamp
{
    /// <summary>The time in UTC with microseconds: <c>2026-11-21T04:05:06.789000Z</c>.</summary>
    /// <exception cref="FormatException">It is no timestamptz, or one beyond the years 1 to 9999.</exception>
    public static byte[] ToIso8601(ReadOnlySpan<byte> text)
    {
        Span<char> chars = stackalloc char[40];
        if (text.Length > chars.Length) throw new FormatException("A timestamptz has at most 40 characters.");
        var length = Encoding.ASCII.GetChars(text, chars);
        var time = DateTimeOffset.Parse(chars[..length], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return Encoding.ASCII.GetBytes(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
    }
}
