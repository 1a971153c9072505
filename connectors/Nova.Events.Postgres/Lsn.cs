using System.Globalization;

namespace Nova.Events.Postgres;

/// <summary>Log sequence numbers as PostgreSQL writes them: <c>16/B374D848</c>.</summary>
public static class Lsn
{
    /// <summary>The text form.</summary>
    public static string Format(ulong lsn) => string.Create(CultureInfo.InvariantCulture, $"{lsn >> 32:X}/{(uint)lsn:X}");

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static ulong Parse(string text) => (ulong)NpgsqlTypes.NpgsqlLogSequenceNumber.Parse(text);
}
