using System.Buffers.Binary;

namespace Nova.Events.Postgres.Capture.Values;

/// <summary>point (<c>(1,2.5)</c>): its coordinates, and well-known binary.</summary>
internal sealed class PointEncoder : ValueEncoder
{
    private const int WellKnownBinaryLength = 1 + 4 + 8 + 8;
    private readonly FloatEncoder _coordinate = new();

    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        var comma = text.IndexOf((byte)',');
        if (comma < 0) throw new FormatException("A point has no comma.");
        var x = text[1..comma];
        var y = text[(comma + 1)..^1];
        json.Raw("{\"x\":"u8);
        _coordinate.Write(json, x);
        json.Raw(",\"y\":"u8);
        _coordinate.Write(json, y);
        json.Raw(",\"wkb\":"u8);
        WriteWellKnownBinary(json, x, y);
        json.Raw(",\"srid\":null}"u8);
    }

    /// <summary>Little-endian, geometry type 1. Source: OGC 06-103r4, "Simple Feature Access", 8.2.</summary>
    private static void WriteWellKnownBinary(JsonBytes json, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        Span<byte> bytes = stackalloc byte[WellKnownBinaryLength];
        bytes[0] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], 1);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[5..], Coordinate(x));
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[13..], Coordinate(y));
        json.Base64String(bytes);
    }

    private static double Coordinate(ReadOnlySpan<byte> text) =>
        text[^1] == 'N' ? BitConverter.UInt64BitsToDouble(0x7ff8000000000000) // Java's NaN; .NET's has the sign set.
        : double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
