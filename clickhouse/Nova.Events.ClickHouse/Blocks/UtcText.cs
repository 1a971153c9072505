using System.Buffers.Text;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>Times as the relay writes them, <c>2026-01-31T23:59:59.123456Z</c>, read without a string.</summary>
internal static class UtcText
{
    private const int Length = 27;
    private const int TicksPerMicrosecond = 10;

    /// <summary>False for any other form.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != Length || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.' || text[26] != 'Z') return false;
        if (!Number(text[..4], out var year) || !Number(text[5..7], out var month) || !Number(text[8..10], out var day)) return false;
        if (!Number(text[11..13], out var hour) || !Number(text[14..16], out var minute) || !Number(text[17..19], out var second) || !Number(text[20..26], out var microsecond)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        time = new DateTimeOffset(new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddTicks(microsecond * TicksPerMicrosecond));
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int value) => Utf8Parser.TryParse(digits, out value, out var read) && read == digits.Length && digits[0] is >= (byte)'0' and <= (byte)'9';
}
