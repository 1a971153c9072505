using System.Buffers.Text;

namespace Nova.Events.Postgres.Capture.Values;

/// <summary>
/// A floating point number as Java writes it (<c>100.0</c>, <c>1.0E20</c>), so that keys are Debezium's to the byte; what JSON has no number for is
/// a string. Source: java.lang.Double.toString.
/// </summary>
internal sealed class FloatEncoder : ValueEncoder
{
    /// <summary>Below 10^−3 and from 10^7 on there is an exponent.</summary>
    private const int LeastPlain = -3;
    private const int FirstScientific = 7;
    private const int MaxDigits = 32;

    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        // NaN, Infinity, -Infinity: a number has no letter but the exponent's.
        if (text[^1] is (byte)'N' or (byte)'y')
        {
            json.String(text);
            return;
        }

        if (text[0] == '-') json.Raw("-"u8);
        Span<byte> digits = stackalloc byte[MaxDigits];
        var length = Digits(text.TrimStart((byte)'-'), digits, out var exponent);
        WriteDigits(json, digits[..length], exponent);
    }

    /// <summary>The digits without zeros around them, and the power of ten of the first one.</summary>
    private static int Digits(ReadOnlySpan<byte> text, Span<byte> digits, out int exponent)
    {
        var mantissa = text;
        exponent = 0;
        if (text.IndexOf((byte)'e') is >= 0 and var e)
        {
            mantissa = text[..e];
            if (!Utf8Parser.TryParse(text[(e + 1)..].TrimStart((byte)'+'), out exponent, out _)) throw new FormatException("A number has no exponent.");
        }

        var (length, seenPoint, leading) = (0, false, true);
        foreach (var character in mantissa)
        {
            if (character == '.')
            {
                seenPoint = true;
                continue;
            }

            leading &= character == '0';
            if (leading && seenPoint) exponent--;
            if (leading) continue;
            if (length > 0 && !seenPoint) exponent++;
            digits[length++] = character;
        }

        if (length > 0 && mantissa[0] == '0') exponent--;
        return digits[..length].TrimEnd((byte)'0').Length;
    }

    private static void WriteDigits(JsonBytes json, ReadOnlySpan<byte> digits, int exponent)
    {
        if (digits.IsEmpty) json.Raw("0.0"u8);
        else if (exponent is < LeastPlain or >= FirstScientific)
        {
            WriteSplit(json, digits, 1);
            json.Raw("E"u8);
            json.Number(exponent);
        }
        else if (exponent < 0)
        {
            json.Raw("0.00"u8[..(1 - exponent)]);
            json.Raw(digits);
        }
        else WriteSplit(json, digits, exponent + 1);
    }

    /// <summary>So many digits, a point, and the others, at least one.</summary>
    private static void WriteSplit(JsonBytes json, ReadOnlySpan<byte> digits, int before)
    {
        json.Raw(digits[..Math.Min(before, digits.Length)]);
        for (var i = digits.Length; i < before; i++) json.Raw("0"u8);
        json.Raw("."u8);
        json.Raw(digits.Length > before ? digits[before..] : "0"u8);
    }
}
