using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Nova.Events.Contracts;

/// <summary>
/// Where a change stands in the commit order of its source: era, end of the commit in the WAL, ordinal within the transaction.
/// Text form <c>era.lsn.ordinal</c> in hex with 4, 16 and 8 digits, so positions of one source compare as text, too.
/// </summary>
/// <param name="Era">Raised when the source's WAL was rewound or replaced; positions of a later era are higher.</param>
/// <param name="CommitLsn">LSN of the commit record of the transaction. A row's own LSN is neither unique nor ordered.</param>
/// <param name="Ordinal">8 × (index of the change among all change messages of its transaction) + part.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Position(ushort Era, ulong CommitLsn, uint Ordinal) : IComparable<Position>
{
    /// <summary>Length of the text form: <c>0000.0000000000000000.00000000</c>.</summary>
    public const int TextLength = 4 + 1 + 16 + 1 + 8;

    /// <summary>Records that one change may yield; the low three bits of an ordinal name the part.</summary>
    public const uint PartsPerChange = 8;

    /// <summary>The position of part <paramref name="part"/> of the change with index <paramref name="changeIndex"/>.</summary>
    public static Position Of(ushort era, ulong commitLsn, uint changeIndex, uint part = 0) =>
        new(era, commitLsn, checked((changeIndex * PartsPerChange) + part));

    /// <summary>The position as one number, for ClickHouse's <c>UInt128</c>: era, commit LSN, ordinal from high to low bits.</summary>
    public UInt128 ToUInt128() => ((UInt128)Era << 96) | ((UInt128)CommitLsn << 32) | Ordinal;

    /// <summary>The position that <see cref="ToUInt128"/> made a number of.</summary>
    public static Position FromUInt128(UInt128 value) => new((ushort)(value >> 96), (ulong)(value >> 32), (uint)value);

    /// <inheritdoc/>
    public int CompareTo(Position other) => ToUInt128().CompareTo(other.ToUInt128());

    /// <summary>Earlier in the commit order.</summary>
    public static bool operator <(Position left, Position right) => left.CompareTo(right) < 0;

    /// <summary>Later in the commit order.</summary>
    public static bool operator >(Position left, Position right) => left.CompareTo(right) > 0;

    /// <summary>Not later in the commit order.</summary>
    public static bool operator <=(Position left, Position right) => left.CompareTo(right) <= 0;

    /// <summary>Not earlier in the commit order.</summary>
    public static bool operator >=(Position left, Position right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Era:x4}.{CommitLsn:x16}.{Ordinal:x8}");

    /// <summary>Writes the text form as ASCII; returns the bytes written, always <see cref="TextLength"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <see cref="TextLength"/>.</exception>
    public int WriteUtf8(Span<byte> destination)
    {
        if (!System.Text.Unicode.Utf8.TryWrite(destination, CultureInfo.InvariantCulture, $"{Era:x4}.{CommitLsn:x16}.{Ordinal:x8}", out var written))
            throw new ArgumentException($"A position needs {TextLength} bytes.", nameof(destination));
        return written;
    }

    /// <summary>Reads the text form; false for anything else, upper-case digits included.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Position position)
    {
        position = default;
        if (text.Length != TextLength || text[4] != '.' || text[21] != '.' || text.IndexOfAnyInRange((byte)'A', (byte)'F') >= 0)
            return false;
        if (!Hex(text[..4], out ushort era) || !Hex(text[5..21], out ulong lsn) || !Hex(text[22..], out uint ordinal))
            return false;
        position = new Position(era, lsn, ordinal);
        return true;
    }

    private static bool Hex<T>(ReadOnlySpan<byte> digits, out T value) where T : struct, INumberBase<T> =>
        T.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
