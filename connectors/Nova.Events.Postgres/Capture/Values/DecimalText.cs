using System.Globalization;
using System.Numerics;
using System.Text;

namespace Nova.Events.Postgres.Capture.Values;

/// <summary>A decimal number in PostgreSQL's text form: digits, perhaps a sign and a point.</summary>
internal static class DecimalText
{
    private const int LongDigits = 18;

    /// <summary>The value × 10^scale.</summary>
    /// <param name="text">The number.</param>
    /// <param name="scale">Digits behind the point.</param>
    /// <returns>The unscaled value and its scale.</returns>
    public static BigInteger Read(ReadOnlySpan<byte> text, out int scale)
    {
        var negative = text[0] == '-';
        if (negative) text = text[1..];
        var point = text.IndexOf((byte)'.');
        scale = point < 0 ? 0 : text.Length - point - 1;
        var magnitude = text.Length <= LongDigits ? Small(text) : Large(text, point);
        return negative ? -magnitude : magnitude;
    }

    /// <summary>The value × 10^<paramref name="scale"/>, whatever the text's own scale is.</summary>
    public static BigInteger Read(ReadOnlySpan<byte> text, int scale)
    {
        var unscaled = Read(text, out int own);
        return own == scale ? unscaled
            : own < scale ? unscaled * BigInteger.Pow(10, scale - own)
            : unscaled / BigInteger.Pow(10, own - scale);
    }

    private static long Small(ReadOnlySpan<byte> text)
    {
        var value = 0L;
        foreach (var digit in text)
            if (digit != '.') value = (value * 10) + Digit(digit);
        return value;
    }

    private static BigInteger Large(ReadOnlySpan<byte> text, int point)
    {
        var whole = Parse(point < 0 ? text : text[..point]);
        return point < 0 ? whole : (whole * BigInteger.Pow(10, text.Length - point - 1)) + Parse(text[(point + 1)..]);
    }

    private static BigInteger Parse(ReadOnlySpan<byte> digits) => digits.IsEmpty ? 0 : BigInteger.Parse(Encoding.ASCII.GetString(digits), NumberStyles.None, CultureInfo.InvariantCulture);

    private static int Digit(byte digit) => digit is >= (byte)'0' and <= (byte)'9' ? digit - '0' : throw new FormatException("A number holds something that is no digit.");
}
