using Nova.Events.Kafka.Publishing.Native;

namespace Nova.Events.Kafka.Consuming.Native;

/// <summary>
/// Headers of a message, read from the bytes that came from the broker: librdkafka keeps them until it is asked for headers, and then makes an object of
/// each, which took half of the poll thread's time (measured: docs/performance.md). Where the bytes lie is no public matter: this is done with the version
/// that it was read from only, and only after the first messages gave the same by either way; otherwise librdkafka is asked.
/// </summary>
internal sealed unsafe class HeaderReader
{
    /// <summary>librdkafka 2.15.1, struct rd_kafka_msg_s.</summary>
    private const int KnownVersion = 0x020F01FF;

    private const int LengthAt = 0x78;
    private const int BytesAt = 0x80;
    private const int Comparisons = 100;
    private FetchedHeader[] _headers = new FetchedHeader[16];
    private bool _isRaw = sizeof(nint) == 8 && RdKafkaConsumer.Version() == KnownVersion;
    private int _compared;

    /// <summary>False where librdkafka is asked.</summary>
    public bool IsRaw => _isRaw;

    /// <summary>Valid until the next call, at most as long as the message.</summary>
    public ReadOnlySpan<FetchedHeader> Read(RdKafkaProducer.Message* message)
    {
        if (!_isRaw || !TryReadRaw(message, out var count)) return Ask(message);
        if (_compared == Comparisons) return _headers.AsSpan(0, count);
        var raw = _headers.AsSpan(0, count).ToArray();
        var asked = Ask(message);
        _isRaw = Same(raw, asked);
        if (asked.Length > 0) _compared++;
        return asked;
    }

    private ReadOnlySpan<FetchedHeader> Ask(RdKafkaProducer.Message* message)
    {
        nint headers;
        if (RdKafkaConsumer.Headers(message, &headers) != 0) return default;
        var count = 0;
        for (FetchedHeader header; (header = FetchedHeader.Of(headers, count)).Name is not null; count++) Put(count, header);
        return _headers.AsSpan(0, count);
    }

    /// <summary>The record format's headers: a count, then names and values, each behind its length; all numbers zigzag varints, −1 for a null value.</summary>
    private bool TryReadRaw(RdKafkaProducer.Message* message, out int count)
    {
        count = 0;
        var length = *(int*)((byte*)message + LengthAt);
        var at = *(byte**)((byte*)message + BytesAt);
        if (length <= 0 || at is null) return true;
        // In a record headers follow the value: what does not is no such pointer, and is not followed.
        if (message->Payload is null || at != (byte*)message->Payload + message->Length) return false;
        var end = at + length;
        if (!TryReadNumber(ref at, end, out var headers) || headers < 0) return false;
        for (; count < headers; count++)
        {
            if (!TryReadNumber(ref at, end, out var nameLength) || nameLength < 0 || nameLength > end - at) return false;
            var name = at;
            at += nameLength;
            if (!TryReadNumber(ref at, end, out var valueLength) || valueLength < -1 || valueLength > end - at) return false;
            Put(count, new FetchedHeader { Name = name, NameLength = (int)nameLength, Value = valueLength < 0 ? null : at, ValueLength = (int)Math.Max(0, valueLength) });
            at += Math.Max(0, valueLength);
        }

        return true;
    }

    private static bool TryReadNumber(ref byte* at, byte* end, out long number)
    {
        // Lengths below 64 take one byte.
        if (at < end && *at < 0x80)
        {
            var one = (long)*at++;
            number = (one >> 1) ^ -(one & 1);
            return true;
        }

        return TryReadLongNumber(ref at, end, out number);
    }

    private static bool TryReadLongNumber(ref byte* at, byte* end, out long number)
    {
        var (bits, shift) = (0UL, 0);
        while (at < end && shift < 64)
        {
            var part = *at++;
            bits |= (ulong)(part & 0x7F) << shift;
            shift += 7;
            if (part >= 0x80) continue;
            number = (long)(bits >> 1) ^ -(long)(bits & 1);
            return true;
        }

        number = 0;
        return false;
    }

    private void Put(int index, FetchedHeader header)
    {
        if (index == _headers.Length) Array.Resize(ref _headers, index * 2);
        _headers[index] = header;
    }

    private static bool Same(ReadOnlySpan<FetchedHeader> raw, ReadOnlySpan<FetchedHeader> asked)
    {
        if (raw.Length != asked.Length) return false;
        for (var i = 0; i < raw.Length; i++)
        {
            var (left, right) = (raw[i], asked[i]);
            if (left.Value is null != right.Value is null
                || !new ReadOnlySpan<byte>(left.Name, left.NameLength).SequenceEqual(new(right.Name, right.NameLength))
                || !new ReadOnlySpan<byte>(left.Value, left.ValueLength).SequenceEqual(new(right.Value, right.ValueLength))) return false;
        }

        return true;
    }
}
