using System.Buffers;

namespace Nova.Events.Postgres.Capture.Values;

/// <summary>bytea: its bytes in Base64.</summary>
internal sealed class ByteaEncoder : ValueEncoder
{
    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("\\x"u8)) throw new FormatException("A bytea does not begin with \\x.");
        var bytes = ArrayPool<byte>.Shared.Rent((text.Length / 2) + 1);
        try
        {
            if (Convert.FromHexString(text[2..], bytes, out _, out var length) != OperationStatus.Done) throw new FormatException("A bytea is not in hex.");
            json.Base64String(bytes.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    public override void WriteUnavailable(JsonBytes json) => json.Base64String(Placeholder);
}

/// <summary>bit(n) and bit varying: the bits as a number, lowest byte first, without zeros at the end, in Base64.</summary>
internal sealed class BitsEncoder : ValueEncoder
{
    public override void Write(JsonBytes json, ReadOnlySpan<byte> text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent((text.Length / 8) + 1);
        try
        {
            bytes.AsSpan().Clear();
            for (var i = 0; i < text.Length; i++)
                if (text[^(i + 1)] == '1') bytes[i / 8] |= (byte)(1 << (i % 8));
            json.Base64String(bytes.AsSpan().TrimEnd((byte)0));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
