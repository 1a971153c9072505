using System.Text;

namespace Nova.Events.Cli.DeadLetters;

/// <summary>Bytes of strangers on a terminal: as text where they are text, else in hex; never a control character.</summary>
internal static class ShownText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>UTF-8 without control characters but tab and line breaks as it is, else <c>0x…</c>; at most <paramref name="limit"/> bytes of it.</summary>
    public static string Of(byte[]? bytes, int limit)
    {
        if (bytes is null) return "(none)";
        if (bytes.Length == 0) return "(empty)";
        return (TextOf(bytes) is { } text ? Cut(text, limit) : "0x" + Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(bytes.Length, limit))))
            + (bytes.Length > limit ? $"… ({bytes.Length:N0} bytes; --json has them all)" : "");
    }

    /// <summary>One line, with control characters made visible.</summary>
    public static string Line(string text) => string.Concat(text.Select(character => char.IsControl(character) ? $"\\u{(int)character:x4}" : character.ToString()));

    private static string? TextOf(byte[] bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            return text.Any(character => char.IsControl(character) && character is not ('\t' or '\n' or '\r')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Cut(string text, int limit) => text.Length > limit ? text[..limit] : text;
}
