using System.Buffers.Binary;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>Bytes from the server, and the protocol messages in them: a type, a length, a body. Grows for a long message and shrinks after it.</summary>
internal sealed class ReceiveBuffer
{
    private const int HeaderLength = 5;
    private const int UsualSize = 256 * 1024;
    private const int LeastRoom = 64 * 1024;
    private const int LongestMessage = 0x4000_0000;
    private int _start;
    private int _end;

    /// <summary>Where the messages lie; another array after each <see cref="Room"/>.</summary>
    public byte[] Bytes { get; private set; } = GC.AllocateUninitializedArray<byte>(UsualSize);

    /// <summary>Takes the next message if all of it is there. What it gives is valid until the next <see cref="Room"/>.</summary>
    /// <exception cref="WalProtocolException">What came is no message.</exception>
    public bool TryTake(out byte type, out int offset, out int length)
    {
        (type, offset, length) = (0, 0, 0);
        if (MissingBytes() > 0) return false;
        type = Bytes[_start];
        offset = _start + HeaderLength;
        length = BodyLength();
        _start = offset + length;
        return true;
    }

    /// <summary>Room for the next read: enough for the rest of the message under way, and not less than 64 KiB.</summary>
    public Memory<byte> Room()
    {
        var needed = Math.Max(LeastRoom, MissingBytes());
        var held = _end - _start;
        if (Bytes.Length - _end < needed) MoveTo(held + needed <= Bytes.Length ? Bytes : new byte[Math.Max(UsualSize, (held + needed) * 2L > LongestMessage ? held + needed : (held + needed) * 2)]);
        else if (held == 0) MoveTo(Bytes.Length > UsualSize ? new byte[UsualSize] : Bytes);
        return Bytes.AsMemory(_end);
    }

    /// <summary>Notes what a read has put into the room.</summary>
    public void Received(int bytes) => _end += bytes;

    private int MissingBytes() => _end - _start < HeaderLength ? HeaderLength - (_end - _start) : HeaderLength + BodyLength() - (_end - _start);

    private int BodyLength()
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(Bytes.AsSpan(_start + 1)) - 4;
        return length is >= 0 and < LongestMessage ? length : throw new WalProtocolException($"A message of {length} bytes came.");
    }

    private void MoveTo(byte[] target)
    {
        Bytes.AsSpan(_start, _end - _start).CopyTo(target);
        (Bytes, _start, _end) = (target, 0, _end - _start);
    }
}
