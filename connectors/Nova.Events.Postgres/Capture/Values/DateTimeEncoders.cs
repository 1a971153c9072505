namespace Nova.Events.Postgres.Capture.Values;

/// <summary>date: days since 1970-01-01; infinity as the largest or least 32-bit integer.</summary>
internal sealed class DateEncoder : ValueEncoder
{
    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        if (DateTimeText.IsInfinite(text, out var isPositive)) json.Number(isPositive ? int.MaxValue : int.MinValue);
        else json.Number(DateTimeText.Days(text));
    }
}

/// <summary>time: milliseconds or microseconds since midnight.</summary>
/// <param name="microsecondsPerUnit">1 or 1,000.</param>
internal sealed class TimeEncoder(int microsecondsPerUnit) : ValueEncoder
{
    public override void Write(JsonBytes json, ReadOnlySpan<byte> text) => json.Number(DateTimeText.TimeOfDay(text) / microsecondsPerUnit);
}

/// <summary>timestamp: milliseconds or microseconds since 1970-01-01; what lies beyond 64 bits as the largest number.</summary>
/// <param name="microsecondsPerUnit">1 or 1,000.</param>
internal sealed class TimestampEncoder(int microsecondsPerUnit) : ValueEncoder
{
    /// <summary>Infinity in microseconds. Source: pgjdbc, PGStatement.DATE_POSITIVE_INFINITY, in milliseconds there.</summary>
    private const long PositiveInfinity = 9_223_372_036_825_200_000;
    private const long NegativeInfinity = -9_223_372_036_832_400_000;

    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        var microseconds = DateTimeText.IsInfinite(text, out var isPositive) ? (isPositive ? PositiveInfinity : NegativeInfinity) : DateTimeText.Timestamp(text);
        json.Number(long.CreateSaturating(microseconds / microsecondsPerUnit));
    }
}

/// <summary>timestamptz of a session in UTC: ISO 8601 with as many digits behind the point as the type has.</summary>
/// <param name="digits">0 to 6.</param>
internal sealed class ZonedTimestampEncoder(int digits) : ValueEncoder
{
    private const int ToSeconds = 8;

    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        if (DateTimeText.IsInfinite(text, out _))
        {
            json.String(text);
            return;
        }

        var beforeChrist = DateTimeText.TryCutEra(ref text);
        var space = text.IndexOf((byte)' ');
        if (space < 10 || !text.EndsWith("+00"u8)) throw new FormatException("A timestamp with time zone is not in UTC.");
        json.Raw("\""u8);
        WriteDate(json, text[..space], beforeChrist);
        json.Raw("T"u8);
        WriteTime(json, text[(space + 1)..^3]);
        json.Raw("Z\""u8);
    }

    /// <summary>ISO 8601 has a year 0 before 1, and a sign before a year of more than four digits.</summary>
    private static void WriteDate(JsonBytes json, ReadOnlySpan<byte> date, bool beforeChrist)
    {
        var year = date[..^6];
        if (beforeChrist)
        {
            json.Raw(DateTimeText.YearBeforeChrist(year, stackalloc byte[16]));
            json.Raw(date[^6..]);
            return;
        }

        if (year.Length > 4) json.Raw("+"u8);
        json.Raw(date);
    }

    private void WriteTime(JsonBytes json, ReadOnlySpan<byte> time)
    {
        json.Raw(time[..ToSeconds]);
        if (digits == 0) return;
        json.Raw("."u8);
        var fraction = time.Length > ToSeconds ? time[(ToSeconds + 1)..] : default;
        json.Raw(fraction);
        json.Raw("000000"u8[..(digits - fraction.Length)]);
    }
}

/// <summary>timetz: ISO 8601, in UTC.</summary>
internal sealed class ZonedTimeEncoder : ValueEncoder
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long MicrosecondsPerDay = 86_400 * MicrosecondsPerSecond;

    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        var zone = text.LastIndexOfAny((byte)'+', (byte)'-');
        var offset = Offset(text[(zone + 1)..]) * (text[zone] == '-' ? -1 : 1);
        var microseconds = (DateTimeText.TimeOfDay(text[..zone]) - offset + (2 * MicrosecondsPerDay)) % MicrosecondsPerDay;
        var time = TimeOnly.MinValue.Add(TimeSpan.FromMicroseconds(microseconds));
        Span<byte> written = stackalloc byte[24];
        time.TryFormat(written, out var length, "HH:mm:ss.FFFFFF", System.Globalization.CultureInfo.InvariantCulture);
        written[length++] = (byte)'Z';
        json.String(written[..length]);
    }

    /// <summary>Microseconds of <c>02</c>, <c>05:30</c> or <c>05:30:15</c>.</summary>
    private static long Offset(ReadOnlySpan<byte> zone)
    {
        Span<byte> whole = stackalloc byte[8];
        "00:00:00"u8.CopyTo(whole);
        if (zone.Length > whole.Length) throw new FormatException("A time zone is not hh:mm:ss.");
        zone.CopyTo(whole);
        return DateTimeText.TimeOfDay(whole);
    }
}
