using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// 64 bits of a key, the same everywhere and always: they are committed with parked keys. Two keys of one hash wait for one another, no more. Not the
/// partitioner's hash, of which all keys of a partition share the remainder. The mixing is wyhash's: the two halves of a 128-bit product.
/// </summary>
internal static class KeyHash
{
    private const ulong First = 0xA0761D6478BD642F;
    private const ulong Second = 0xE7037ED1A0B428DB;

    /// <summary>What stands for all records without a key: they keep the order of their partition.</summary>
    public const ulong None = 0;

    public static ulong Of(ReadOnlySpan<byte> key)
    {
        var (hash, length) = (First, (ulong)key.Length);
        for (; key.Length >= 8; key = key[8..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key)) ^ First;
        var rest = 0UL;
        key.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref rest)));
        return Mix(Mix(hash ^ rest) ^ First ^ length);
    }

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, Second, out var low);
        return high ^ low;
    }
}
