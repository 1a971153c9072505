using System.Buffers;
using System.Text;

namespace Nova.Events.Contracts;

/// <summary>A position and the source whose commit order it stands in; the value of the <c>position</c> header: <c>source@position</c>.</summary>
/// <param name="Source">Name of the relay's source; letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, at most 64 of them.</param>
/// <param name="Position">The position; comparable only to others of the same source.</param>
public readonly record struct SourcePosition(string Source, Position Position)
{
    /// <summary>Longest name of a source.</summary>
    public const int MaxSourceLength = 64;

    private static readonly SearchValues<byte> SourceBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

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
        var isOne = TryParse(header, out var source, out var parsed);
        position = isOne ? new SourcePosition(Encoding.ASCII.GetString(source), parsed) : default;
        return isOne;
    }

    /// <summary>The same without a string: the source is the part of <paramref name="header"/> that names it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> header, out ReadOnlySpan<byte> source, out Position position)
    {
        source = default;
        position = default;
        var at = header.IndexOf((byte)'@');
        if (at <= 0 || at > MaxSourceLength || header[..at].ContainsAnyExcept(SourceBytes) || !Position.TryParse(header[(at + 1)..], out position)) return false;
        source = header[..at];
        return true;
    }
}
