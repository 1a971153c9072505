namespace Nova.Events.Postgres.Capture.Values;

/// <summary>numeric(p,s): the unscaled value in Base64; null for what is no number.</summary>
internal sealed class DecimalEncoder(int scale) : ValueEncoder
{
    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        if (text[^1] is (byte)'N' or (byte)'y') json.Raw("null"u8);
        else json.Base64Integer(DecimalText.Read(text, scale));
    }
}

/// <summary>numeric without precision: scale and unscaled value, without the zeros at the end.</summary>
internal sealed class VariableDecimalEncoder : ValueEncoder
{
    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        if (text[^1] is (byte)'N' or (byte)'y')
        {
            json.Raw("null"u8);
            return;
        }

        var point = text.IndexOf((byte)'.');
        if (point >= 0) text = text.TrimEnd((byte)'0').TrimEnd((byte)'.');
        var unscaled = DecimalText.Read(text, out int scale);
        json.Raw("{\"scale\":"u8);
        json.Number(scale);
        json.Raw(",\"value\":"u8);
        json.Base64Integer(unscaled);
        json.Raw("}"u8);
    }
}

/// <summary>money under lc_monetary C (<c>-$1,234.56</c>): a decimal with two digits behind the point.</summary>
internal sealed class MoneyEncoder : ValueEncoder
{
    private const int Scale = 2;

    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[text.Length];
        var length = 0;
        foreach (var character in text)
            if (character is (byte)'-' or (byte)'.' or (>= (byte)'0' and <= (byte)'9')) digits[length++] = character;
        json.Base64Integer(DecimalText.Read(digits[..length], Scale));
    }
}
