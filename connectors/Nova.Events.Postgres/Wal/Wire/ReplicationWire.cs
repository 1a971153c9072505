using System.Buffers.Binary;
using System.Text;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// The streaming replication protocol of one slot: starts it, hands out what the server sends, tells the server what is confirmed.
/// One thread reads; any thread may send. Source: PostgreSQL documentation, "Streaming Replication Protocol".
/// </summary>
internal sealed class ReplicationWire : IDisposable
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly NpgsqlWire _wire;
    private readonly ReceiveBuffer _received = new();
    private readonly Lock _sending = new();
    private readonly byte[] _status = new byte[5 + 34];
    private bool _drained;

    private ReplicationWire(NpgsqlWire wire) => _wire = wire;

    /// <summary>The bytes that the last taken message lies in.</summary>
    public byte[] Bytes => _received.Bytes;

    /// <summary>Connects and starts; returns once the slot is ours.</summary>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <param name="command">START_REPLICATION ….</param>
    public static ReplicationWire Start(string connectionString, string command)
    {
        var wire = new ReplicationWire(NpgsqlWire.Open(connectionString));
        try
        {
            wire.Start(command);
            return wire;
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }

    /// <summary>Takes the next message of the copy stream out of what was received; false when more must be received first.</summary>
    /// <exception cref="Npgsql.PostgresException">The server ended the stream with an error.</exception>
    public bool TryTake(out int offset, out int length)
    {
        while (_received.TryTake(out var type, out offset, out length))
        {
            switch (type)
            {
                case (byte)'d': return true;
                case (byte)'E': throw ServerError.Read(Bytes.AsSpan(offset, length));
                case (byte)'N' or (byte)'S' or (byte)'W': break;
                case (byte)'c' or (byte)'C' or (byte)'Z': throw Ended();
                default: throw new WalProtocolException($"The server sent a message '{(char)type}' in the replication stream.");
            }
        }

        return false;
    }

    /// <summary>Receives what has come, or waits for it. What came of a message stays until the rest of it comes.</summary>
    /// <exception cref="PostgresUnavailableException">The server ended the stream, or <see cref="EndReads"/> did.</exception>
    public void Receive()
    {
        if (_drained) ReadPause.Wait();
        var room = _received.Room();
        var bytes = _wire.Stream.Read(room.Span);
        if (bytes == 0) throw Ended();
        _received.Received(bytes);
        _drained = bytes < room.Length;
    }

    /// <summary>Ends a <see cref="Receive"/> that waits, and every later one; may be called on any thread.</summary>
    public void EndReads() => _wire.EndReads();

    /// <summary>Standby status update: what was received, what is confirmed. The server may forget what lies before the latter.</summary>
    public void SendStatus(ulong receivedLsn, ulong confirmedLsn)
    {
        lock (_sending)
        {
            var message = _status.AsSpan();
            message[0] = (byte)'d';
            BinaryPrimitives.WriteInt32BigEndian(message[1..], message.Length - 1);
            message[5] = (byte)'r';
            BinaryPrimitives.WriteUInt64BigEndian(message[6..], receivedLsn);
            BinaryPrimitives.WriteUInt64BigEndian(message[14..], confirmedLsn);
            BinaryPrimitives.WriteUInt64BigEndian(message[22..], confirmedLsn);
            BinaryPrimitives.WriteInt64BigEndian(message[30..], (TimeProvider.System.GetUtcNow() - Epoch).Ticks / TimeSpan.TicksPerMicrosecond);
            // Asks for an answer: while the server reads through a long transaction, its answers tell how far it is.
            message[38] = 1;
            _wire.Stream.Write(message);
        }
    }

    /// <summary>Closes the connection; nobody may be receiving any more.</summary>
    public void Dispose() => _wire.Dispose();

    private void Start(string command)
    {
        var text = Encoding.UTF8.GetBytes(command);
        var message = new byte[5 + text.Length + 1];
        message[0] = (byte)'Q';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - 1);
        text.CopyTo(message, 5);
        _wire.Stream.Write(message);
        // CopyBothResponse comes once the slot is acquired.
        for (byte type = 0; type != (byte)'W';)
        {
            int offset, length;
            while (!_received.TryTake(out type, out offset, out length)) Receive();
            if (type == (byte)'E') throw ServerError.Read(Bytes.AsSpan(offset, length));
        }
    }

    private static PostgresUnavailableException Ended() => new("The server ended the replication stream.", null);
}
