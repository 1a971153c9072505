namespace Nova.Events.Postgres.Capture.Values;

/// <summary>hstore (<c>"a"=>"1", "b"=>NULL</c>) as a string that holds a JSON object.</summary>
internal sealed class HstoreEncoder : ValueEncoder
{
    private readonly JsonBytes _object = new();
    private byte[] _unescaped = new byte[256];

    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        _object.Clear();
        _object.Raw("{"u8);
        for (var at = 0; at < text.Length;)
        {
            if (at > 0) _object.Raw(","u8);
            at = WriteString(text, at);
            if (!text[at..].StartsWith("=>"u8)) throw new FormatException("An hstore has a key without a value.");
            _object.Raw(":"u8);
            at = text[(at + 2)..].StartsWith("NULL"u8) ? WriteNull(at + 2) : WriteString(text, at + 2);
            if (at < text.Length) at += ", ".Length;
        }

        _object.Raw("}"u8);
        json.String(_object.Written);
    }

    public override void WriteUnavailable(JsonBytes json) => Write(json, "\"__debezium_unavailable_value\"=>\"__debezium_unavailable_value\""u8);

    private int WriteNull(int at)
    {
        _object.Raw("null"u8);
        return at + "NULL".Length;
    }

    private int WriteString(ReadOnlySpan<byte> text, int at)
    {
        if (_unescaped.Length < text.Length) _unescaped = new byte[text.Length];
        var length = 0;
        for (at++; text[at] != '"'; at++)
        {
            if (text[at] == '\\') at++;
            _unescaped[length++] = text[at];
        }

        _object.String(_unescaped.AsSpan(0, length));
        return at + 1;
    }
}
