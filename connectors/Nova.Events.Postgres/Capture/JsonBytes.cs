using System.Buffers;
using System.Buffers.Text;
using System.Numerics;
using System.Text;

namespace Nova.Events.Postgres.Capture;

/// <summary>JSON in UTF-8 as it is put together, in a buffer that is used again. Writes text as Jackson does, so keys are Debezium's to the byte.</summary>
internal sealed class JsonBytes
{
    private const int UsualSize = 64 * 1024;
    /// <summary>Control characters, quote, backslash, and what begins a character of four bytes.</summary>
    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (byte)code), (byte)'"', (byte)'\\', .. Enumerable.Range(0xf0, 8).Select(code => (byte)code)]);
    private static ReadOnlySpan<byte> Hex => "0123456789ABCDEF"u8;
    private byte[] _bytes = new byte[UsualSize];
    private int _length;

    /// <summary>What was written since the last <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        if (_bytes.Length > UsualSize) _bytes = new byte[UsualSize];
        _length = 0;
    }

    /// <summary>JSON as it is.</summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Room(json.Length));
        _length += json.Length;
    }

    /// <summary>A string, in quotes and escaped.</summary>
    /// <param name="text">Its text in UTF-8.</param>
    public void String(scoped ReadOnlySpan<byte> text)
    {
        Raw("\""u8);
        Text(text);
        Raw("\""u8);
    }

    /// <summary>A part of a string, escaped.</summary>
    public void Text(scoped ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var plain = text.IndexOfAny(Escaped);
            Raw(plain < 0 ? text : text[..plain]);
            if (plain < 0) return;
            text = text[plain..];
            text = text[(text[0] >= 0xf0 ? EscapeSurrogates(text) : Escape(text[0]))..];
        }
    }

    /// <summary>Bytes as a string in Base64.</summary>
    public void Base64String(ReadOnlySpan<byte> bytes)
    {
        Raw("\""u8);
        Base64.EncodeToUtf8(bytes, Room(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        _length += written;
        Raw("\""u8);
    }

    /// <summary>An integer.</summary>
    public void Number<T>(T value) where T : IBinaryInteger<T>, IUtf8SpanFormattable
    {
        value.TryFormat(Room(40), out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary>The least integer of two's complement, big-endian, as a string in Base64: a decimal's unscaled value.</summary>
    public void Base64Integer(BigInteger value)
    {
        Span<byte> small = stackalloc byte[32];
        Base64String(value.TryWriteBytes(small, out var written, isUnsigned: false, isBigEndian: true) ? small[..written] : value.ToByteArray(isUnsigned: false, isBigEndian: true));
    }

    private int Escape(byte code)
    {
        switch (code)
        {
            case (byte)'"': Raw("\\\""u8); break;
            case (byte)'\\': Raw("\\\\"u8); break;
            case (byte)'\n': Raw("\\n"u8); break;
            case (byte)'\r': Raw("\\r"u8); break;
            case (byte)'\t': Raw("\\t"u8); break;
            case (byte)'\b': Raw("\\b"u8); break;
            case (byte)'\f': Raw("\\f"u8); break;
            default: Raw([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', (byte)(code < 16 ? '0' : '1'), Hex[code & 15]]); break;
        }

        return 1;
    }

    /// <summary>Beyond the basic plane Jackson writes both surrogates.</summary>
    private int EscapeSurrogates(ReadOnlySpan<byte> text)
    {
        Rune.DecodeFromUtf8(text, out var rune, out var length);
        Span<char> surrogates = stackalloc char[2];
        rune.EncodeToUtf16(surrogates);
        foreach (var unit in surrogates)
            Raw([(byte)'\\', (byte)'u', Hex[unit >> 12], Hex[(unit >> 8) & 15], Hex[(unit >> 4) & 15], Hex[unit & 15]]);
        return length;
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _length < bytes)
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, _length + (long)bytes)));
        return _bytes.AsSpan(_length);
    }
}
