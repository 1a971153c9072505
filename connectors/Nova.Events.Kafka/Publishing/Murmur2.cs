using System.Buffers.Binary;

namespace Nova.Events.Kafka.Publishing;

/// <summary>
/// The partition of a key, as Java's default partitioner and librdkafka's <c>murmur2_random</c> choose it, so topics may be shared.
/// Source: org.apache.kafka.common.utils.Utils.murmur2.
/// </summary>
public static class Murmur2
{
    /// <summary>The partition of <paramref name="key"/> among <paramref name="partitions"/>.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitions) => (int)(Hash(key) & 0x7fffffff) % partitions;

    private static uint Hash(ReadOnlySpan<byte> data)
    {
        const uint multiplier = 0x5bd1e995;
        var hash = 0x9747b28c ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            var k = BinaryPrimitives.ReadUInt32LittleEndian(data) * multiplier;
            k = (k ^ (k >> 24)) * multiplier;
            hash = (hash * multiplier) ^ k;
            data = data[4..];
        }

        if (data.Length >= 3) hash ^= (uint)data[2] << 16;
        if (data.Length >= 2) hash ^= (uint)data[1] << 8;
        if (data.Length >= 1) hash = (hash ^ data[0]) * multiplier;
        hash = (hash ^ (hash >> 13)) * multiplier;
        return hash ^ (hash >> 15);
    }
}
