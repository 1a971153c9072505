using System.Text;

namespace Nova.Events.Contracts;

/// <summary>A position and the source whose commit order it stands in; the value of the <c>position</c> header: <c>source@position</c>.</summary>
/// <param name="Source">Name of the relay's source; letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, at most 64 of them.</param>
/// <param name="Position">The position; comparable only to others of the same source.</param>
public readonly record struct SourcePosition(string Source, Position Position)
{
    /// <summary>Longest name of a source.</summary>
    public const int MaxSourceLength = 64;

    /// <summary>True for a name that may stand before the <c>@</c>.</summary>
    public static bool IsValidSource(ReadOnlySpan<char> source)
    {
        if (source.IsEmpty || source.Length > MaxSourceLength) return false;
        foreach (var c in source)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Source}@{Position}";

    /// <summary>Reads a <c>position</c> header; false where it is not one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> header, out SourcePosition position)
    {
        position = default;
        var at = header.IndexOf((byte)'@');
        if (at <= 0 || !Position.TryParse(header[(at + 1)..], out var parsed)) return false;
        var source = Encoding.ASCII.GetString(header[..at]);
        if (!IsValidSource(source)) return false;
        position = new SourcePosition(source, parsed);
        return true;
    }
}
