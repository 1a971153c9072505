namespace Nova.Events.Postgres.Capture.Values;

/// <summary>A string: text, enums, UUIDs, JSON, addresses, ranges.</summary>
internal sealed class TextEncoder : ValueEncoder
{
    public override void Write(JsonBytes json, ReadOnlySpan<byte> text) => json.String(text);
}

/// <summary>An integer, as it is.</summary>
internal sealed class IntegerEncoder : ValueEncoder
{
    public override void Write(JsonBytes json, ReadOnlySpan<byte> text) => json.Raw(text);
}

/// <summary>true or false.</summary>
internal sealed class BooleanEncoder : ValueEncoder
{
    public override void Write(JsonBytes json, ReadOnlySpan<byte> text) => json.Raw(text[0] is (byte)'t' or (byte)'1' ? "true"u8 : "false"u8);
}
