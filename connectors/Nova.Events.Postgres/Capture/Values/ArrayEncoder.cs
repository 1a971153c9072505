namespace Nova.Events.Postgres.Capture.Values;

/// <summary>An array (<c>{a,"b c",NULL}</c>) as a JSON array of its elements; one of more dimensions as arrays of arrays.</summary>
/// <param name="element">Writes the elements.</param>
/// <param name="delimiter">Between elements; a comma but for boxes.</param>
internal sealed class ArrayEncoder(ValueEncoder element, byte delimiter) : ValueEncoder
{
    private byte[] _unescaped = new byte[256];

    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        // Bounds that do not begin at one stand before it: [0:2]={1,2,3}.
        var start = text.IndexOf((byte)'{');
        if (start < 0) throw new FormatException("An array does not begin with {.");
        WriteLevel(json, text, start + 1);
    }

    /// <summary>Where elements are integers, Debezium writes the placeholder's bytes.</summary>
    public override void WriteUnavailable(JsonBytes json)
    {
        json.Raw("["u8);
        if (element is IntegerEncoder or DateEncoder) WritePlaceholderBytes(json);
        else element.WriteUnavailable(json);
        json.Raw("]"u8);
    }

    private static void WritePlaceholderBytes(JsonBytes json)
    {
        for (var i = 0; i < Placeholder.Length; i++)
        {
            if (i > 0) json.Raw(","u8);
            json.Number(Placeholder[i]);
        }
    }

    private int WriteLevel(JsonBytes json, ReadOnlySpan<byte> text, int at)
    {
        json.Raw("["u8);
        for (var first = true; text[at] != '}'; first = false)
        {
            if (!first) json.Raw(","u8);
            at = text[at] switch
            {
                (byte)'{' => WriteLevel(json, text, at + 1),
                (byte)'"' => WriteQuoted(json, text, at + 1),
                _ => WriteBare(json, text, at),
            };
            if (text[at] == delimiter) at++;
        }

        json.Raw("]"u8);
        return at + 1;
    }

    private int WriteBare(JsonBytes json, ReadOnlySpan<byte> text, int at)
    {
        var length = text[at..].IndexOfAny(delimiter, (byte)'}');
        var value = text.Slice(at, length);
        if (value.SequenceEqual("NULL"u8)) json.Raw("null"u8);
        else element.Write(json, value);
        return at + length;
    }

    private int WriteQuoted(JsonBytes json, ReadOnlySpan<byte> text, int at)
    {
        if (_unescaped.Length < text.Length) _unescaped = new byte[text.Length];
        var length = 0;
        for (; text[at] != '"'; at++)
        {
            if (text[at] == '\\') at++;
            _unescaped[length++] = text[at];
        }

        element.Write(json, _unescaped.AsSpan(0, length));
        return at + 1;
    }
}
