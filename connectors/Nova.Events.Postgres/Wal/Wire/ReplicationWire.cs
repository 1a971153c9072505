using System.Buffers.Binary;
using System.Text;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// The streaming replication protocol of one slot: starts it, hands out what the server sends, tells the server what is confirmed.
/// One thread reads; any thread may send. Source: PostgreSQL documentation, "Streaming Replication Protocol".
/// </summary>
internal sealed class ReplicationWire : IDisposable
{
    /// <summary>A read of so much may have more behind it, in the server's own buffer.</summary>
    private const int FullRead = 32 * 1024;

    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly NpgsqlWire _wire;
    private readonly ReceiveBuffer _received = new();
    private readonly Lock _sending = new();
    private readonly byte[] _status = new byte[5 + 34];
    private readonly ReadPause _pause = new();
    private bool _drained;

    private ReplicationWire(NpgsqlWire wire) => _wire = wire;

    /// <summary>The bytes that the last taken message lies in.</summary>
    public byte[] Bytes => _received.Bytes;

    /// <summary>Connects.</summary>
    /// <param name="connectionString">An Npgsql connection string.</param>
    public static ReplicationWire Open(string connectionString) => new(NpgsqlWire.Open(connectionString));

    /// <summary>Runs a replication command; returns its rows, each value as text.</summary>
    /// <exception cref="Npgsql.PostgresException">The server refused it.</exception>
    public IReadOnlyList<string?[]> Query(string command)
    {
        Send(command);
        var (rows, error) = (new List<string?[]>(), default(Exception));
        while (true)
        {
            var type = Next(out var offset, out var length);
            var body = Bytes.AsSpan(offset, length);
            if (type == (byte)'D') rows.Add(DataRow(body));
            else if (type == (byte)'E') error = ServerError.Read(body);
            else if (type == (byte)'Z') return error is null ? rows : throw error;
        }
    }

    /// <summary>Starts the copy stream; returns once the slot is ours.</summary>
    /// <param name="command">START_REPLICATION ….</param>
    /// <exception cref="Npgsql.PostgresException">The server refused it.</exception>
    public void Start(string command)
    {
        Send(command);
        // CopyBothResponse comes once the slot is acquired.
        for (byte type = 0; type != (byte)'W';)
        {
            type = Next(out var offset, out var length);
            if (type == (byte)'E') throw ServerError.Read(Bytes.AsSpan(offset, length));
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
        if (_drained) _pause.Wait();
        var room = _received.Room();
        var bytes = _wire.Stream.Read(room.Span);
        if (bytes == 0) throw Ended();
        _received.Received(bytes);
        _pause.Received(bytes);
        _drained = bytes < FullRead;
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

    private void Send(string command)
    {
        var text = Encoding.UTF8.GetBytes(command);
        var message = new byte[5 + text.Length + 1];
        message[0] = (byte)'Q';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - 1);
        text.CopyTo(message, 5);
        _wire.Stream.Write(message);
    }

    private byte Next(out int offset, out int length)
    {
        byte type;
        while (!_received.TryTake(out type, out offset, out length)) Receive();
        return type;
    }

    private static string?[] DataRow(ReadOnlySpan<byte> body)
    {
        var values = new string?[BinaryPrimitives.ReadInt16BigEndian(body)];
        body = body[2..];
        for (var i = 0; i < values.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body);
            body = body[4..];
            if (length < 0) continue;
            values[i] = Encoding.UTF8.GetString(body[..length]);
            body = body[length..];
        }

        return values;
    }

    private static PostgresUnavailableException Ended() => new("The server ended the replication stream.", null);
}
