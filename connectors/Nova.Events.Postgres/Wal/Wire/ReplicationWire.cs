using System.Buffers.Binary;
using System.Text;
using Npgsql.Replication;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// The streaming replication protocol of one slot: starts it, hands out what the server sends, tells the server what is confirmed.
/// One thread reads; any thread may send. Source: PostgreSQL documentation, "Streaming Replication Protocol".
/// </summary>
internal sealed class ReplicationWire : IAsyncDisposable
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly LogicalReplicationConnection _connection;
    private readonly Stream _stream;
    private readonly ReceiveBuffer _received = new();
    private readonly CancellationTokenSource _reads = new();
    private readonly Lock _sending = new();
    private readonly byte[] _status = new byte[5 + 34];
    private Task<int>? _reading;
    private bool _drained;

    private ReplicationWire(LogicalReplicationConnection connection) => (_connection, _stream) = (connection, NpgsqlWire.StreamOf(connection));

    /// <summary>The bytes that the last taken message lies in.</summary>
    public byte[] Bytes => _received.Bytes;

    /// <summary>Connects and starts; returns once the slot is ours.</summary>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <param name="command">START_REPLICATION ….</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ReplicationWire> StartAsync(string connectionString, string command, CancellationToken cancellationToken)
    {
        var connection = new LogicalReplicationConnection(connectionString);
        var wire = default(ReplicationWire);
        try
        {
            await connection.Open(cancellationToken);
            wire = new ReplicationWire(connection);
            await wire.StartAsync(command, cancellationToken);
            return wire;
        }
        catch
        {
            if (wire is not null) await wire.DisposeAsync();
            else await connection.DisposeAsync();
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

    /// <summary>Receives what has come, or waits for it; false if <paramref name="interrupted"/> completes first. What is being read then is found by the next call.</summary>
    public bool Receive(Task interrupted)
    {
        if (_reading is null)
        {
            if (_drained) ReadPause.Wait();
            var room = _received.Room();
            var read = _stream.ReadAsync(room, _reads.Token);
            if (read.IsCompletedSuccessfully)
            {
                Received(read.GetAwaiter().GetResult(), room.Length);
                return true;
            }

            _reading = read.AsTask();
        }

        if (Task.WaitAny(_reading, interrupted) == 1 && !_reading.IsCompleted) return false;
        // What wakes up a waiting reader is the first of several messages.
        Received(_reading.GetAwaiter().GetResult(), int.MaxValue);
        _reading = null;
        return true;
    }

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
            _stream.Write(message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reads.CancelAsync();
        if (_reading is not null) await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
        _reads.Dispose();
    }

    private async Task StartAsync(string command, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetBytes(command);
        var message = new byte[5 + text.Length + 1];
        message[0] = (byte)'Q';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - 1);
        text.CopyTo(message, 5);
        await _stream.WriteAsync(message, cancellationToken);
        // CopyBothResponse comes once the slot is acquired.
        for (byte type = 0; type != (byte)'W';)
        {
            int offset, length;
            while (!_received.TryTake(out type, out offset, out length)) Received(await _stream.ReadAsync(_received.Room(), cancellationToken), int.MaxValue);
            if (type == (byte)'E') throw ServerError.Read(Bytes.AsSpan(offset, length));
        }
    }

    private void Received(int bytes, int room)
    {
        if (bytes == 0) throw Ended();
        _received.Received(bytes);
        _drained = bytes < room;
    }

    private static PostgresUnavailableException Ended() => new("The server ended the replication stream.", null);
}
