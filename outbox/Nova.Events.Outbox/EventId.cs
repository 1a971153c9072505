using System.Buffers.Binary;

namespace Nova.Events.Outbox;

/// <summary>
/// Event ids: UUIDs of version 7 that grow strictly within a process, as <see cref="Guid.CompareTo(Guid)"/> and PostgreSQL compare them.
/// 48 bits of Unix milliseconds, a counter of 12 bits in place of <c>rand_a</c> (RFC 9562, 6.2, method 1), 62 random bits.
/// </summary>
public static class EventId
{
    private const int CounterBits = 12;

    /// <summary>Milliseconds and counter of the last id, as one number: a full counter runs into the next millisecond.</summary>
    private static long _last;

    /// <summary>An id above all that this process made before, even if the clock was set back.</summary>
    public static Guid Next() => Next(TimeProvider.System, ref _last);

    internal static Guid Next(TimeProvider time, ref long last)
    {
        var ordinal = Advance(time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits, ref last);
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7().TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (ordinal >> CounterBits << 16) | 0x7000 | (ordinal & 0xFFF));
        return new Guid(bytes, bigEndian: true);
    }

    private static long Advance(long now, ref long last)
    {
        var seen = Volatile.Read(ref last);
        while (true)
        {
            var next = Math.Max(now, seen + 1);
            var found = Interlocked.CompareExchange(ref last, next, seen);
            if (found == seen) return next;
            seen = found;
        }
    }
}
