using System.Buffers.Text;

namespace Nova.Events.Postgres.Capture.Values;

/// <summary>Dates and times in PostgreSQL's text form under DateStyle ISO: any year that PostgreSQL has, BC included.</summary>
internal static class DateTimeText
{
    private const long MicrosecondsPerDay = 86_400_000_000;
    private const long MicrosecondsPerSecond = 1_000_000;
    private const int FractionDigits = 6;
    private const int ToSeconds = 8;

    /// <summary>True for <c>infinity</c> and <c>-infinity</c>.</summary>
    public static bool IsInfinite(ReadOnlySpan<byte> text, out bool isPositive)
    {
        isPositive = text[0] == 'i';
        return text[^1] == 'y';
    }

    /// <summary>Days since 1970-01-01 of <c>2026-11-21</c> or <c>0044-03-15 BC</c>.</summary>
    public static long Days(ReadOnlySpan<byte> date)
    {
        var beforeChrist = TryCutEra(ref date);
        if (date.Length < 10) throw Wrong();
        var year = Number(date[..^6]);
        return DaysOf(beforeChrist ? 1 - year : year, (int)Number(date[^5..^3]), (int)Number(date[^2..]));
    }

    /// <summary>Microseconds since 1970-01-01 of <c>2026-11-21 04:05:06.789</c> or <c>0044-03-15 12:00:00 BC</c>; PostgreSQL's last years need more than 64 bits.</summary>
    public static Int128 Timestamp(ReadOnlySpan<byte> timestamp)
    {
        var beforeChrist = TryCutEra(ref timestamp);
        var space = timestamp.IndexOf((byte)' ');
        if (space < 10) throw Wrong();
        var year = Number(timestamp[..(space - 6)]);
        var days = DaysOf(beforeChrist ? 1 - year : year, (int)Number(timestamp[(space - 5)..(space - 3)]), (int)Number(timestamp[(space - 2)..space]));
        return ((Int128)days * MicrosecondsPerDay) + TimeOfDay(timestamp[(space + 1)..]);
    }

    /// <summary>Microseconds since midnight of <c>04:05:06.789</c>.</summary>
    public static long TimeOfDay(ReadOnlySpan<byte> time)
    {
        if (time.Length < ToSeconds) throw Wrong();
        var seconds = (((Number(time[..2]) * 60) + Number(time[3..5])) * 60) + Number(time[6..ToSeconds]);
        return (seconds * MicrosecondsPerSecond) + Fraction(time[ToSeconds..]);
    }

    /// <summary>Cuts <c> BC</c> off; true where it was there.</summary>
    public static bool TryCutEra(ref ReadOnlySpan<byte> text)
    {
        if (!text.EndsWith(" BC"u8)) return false;
        text = text[..^3];
        return true;
    }

    /// <summary>The year of ISO 8601, with its sign, of a year BC: there is a year 0 before 1.</summary>
    public static ReadOnlySpan<byte> YearBeforeChrist(ReadOnlySpan<byte> year, Span<byte> buffer)
    {
        (1 - Number(year)).TryFormat(buffer, out var written, "D4", System.Globalization.CultureInfo.InvariantCulture);
        return buffer[..written];
    }

    private static long Fraction(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return 0;
        var fraction = Number(text[1..]);
        for (var digits = text.Length - 1; digits < FractionDigits; digits++) fraction *= 10;
        return fraction;
    }

    /// <summary>Days since 1970-01-01 in the proleptic Gregorian calendar. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.</summary>
    private static long DaysOf(long year, int month, int day)
    {
        if (month <= 2) year--;
        var era = (year >= 0 ? year : year - 399) / 400;
        var yearOfEra = year - (era * 400);
        var dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        return (era * 146_097) + (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - 719_468;
    }

    private static long Number(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out uint number, out var read) && read == digits.Length ? number : throw Wrong();

    private static FormatException Wrong() => new("A date or time is not in ISO form.");
}
