using System.Buffers.Binary;
using System.Globalization;
using Npgsql;
using Nova.Events.Contracts;
using Nova.Events.Postgres.Slots;
using Nova.Events.Postgres.Wal.Wire;

namespace Nova.Events.Postgres.Wal;

/// <summary>
/// The write-ahead log of one slot, message by message, in commit order. A cursor for one thread: what its properties show is valid until the
/// next <see cref="TryRead"/>; copy what you keep. <see cref="Confirm"/> and what it is told from may be called on any thread.
/// </summary>
public sealed class WalStream : IAsyncDisposable
{
    private const int DataHeaderLength = 1 + 8 + 8 + 8;
    private readonly string _connectionString;
    private readonly string _slot;
    private readonly ReplicationWire _wire;
    private readonly Timer _status;
    private readonly WalDecoder _decoder = new();
    private Task _reading = Task.CompletedTask;
    private ulong _receivedLsn;
    private ulong _confirmedLsn;

    private WalStream(string connectionString, string slot, ReplicationWire wire, SourceIdentity source, TimeSpan statusInterval)
    {
        (_connectionString, _slot, _wire, Source) = (connectionString, slot, wire, source);
        // A timer of its own: while the reader waits for room, the server must still hear of us and of what is confirmed.
        _status = new Timer(_ => TrySendStatus(), null, statusInterval, statusInterval);
    }

    /// <summary>The database cluster that it comes from, as it was when the slot became ours.</summary>
    public SourceIdentity Source { get; }

    /// <summary>What was read last.</summary>
    public WalMessageKind Kind => _decoder.Kind;

    /// <summary>LSN of the commit record of the current transaction.</summary>
    public ulong CommitLsn => _decoder.CommitLsn;

    /// <summary>When the current transaction committed, by the server's clock.</summary>
    public DateTimeOffset CommittedAt => _decoder.CommittedAt;

    /// <summary>Id of the current transaction, without its epoch.</summary>
    public uint TransactionId => _decoder.TransactionId;

    /// <summary>On a change: its own LSN. It is neither unique nor ordered, and no position.</summary>
    public ulong ChangeLsn { get; private set; }

    /// <summary>On <see cref="WalMessageKind.Commit"/>: the LSN to confirm once every record of the transaction is acknowledged.</summary>
    public ulong TransactionEndLsn => _decoder.TransactionEndLsn;

    /// <summary>On a change: its index among all change messages of its transaction.</summary>
    public uint ChangeIndex => _decoder.ChangeIndex;

    /// <summary>On a change of a row: its table.</summary>
    public Relation Relation => _decoder.Relation;

    /// <summary>On an insert or an update: the row as it is now.</summary>
    public TupleColumns New => _decoder.New;

    /// <summary>On an update or a delete: what <see cref="OldRow"/> says of the row as it was.</summary>
    public TupleColumns Old => _decoder.Old;

    /// <summary>On an update or a delete: what <see cref="Old"/> holds.</summary>
    public OldRow OldRow => _decoder.OldRow;

    /// <summary>On a truncation: its tables.</summary>
    public IReadOnlyList<Relation> Truncated => _decoder.Truncated;

    /// <summary>On a logical message: its prefix.</summary>
    public string Prefix => _decoder.Prefix;

    /// <summary>On a logical message: true if it rides a transaction, false if it was delivered at once.</summary>
    public bool Transactional => _decoder.Transactional;

    /// <summary>On a logical message: its content.</summary>
    public ReadOnlySpan<byte> Content => _decoder.Content.Span;

    /// <summary>How far the server has read its WAL for us, also where nothing in it was for us. It is a sign of life, and never to be confirmed.</summary>
    public ulong ReceivedLsn => Volatile.Read(ref _receivedLsn);

    /// <summary>Starts to read a slot at the first commit that was not confirmed. Once it returns, the slot is ours.</summary>
    /// <param name="connectionString">Where the database is.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="publications">What is read.</param>
    /// <param name="statusInterval">How often the server hears of us.</param>
    /// <param name="senderTimeout">Without a word from us for so long the server takes the slot back, whatever its own wal_sender_timeout is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SlotInUseException">Another process reads it.</exception>
    /// <exception cref="SlotMissingException">There is no such slot.</exception>
    /// <exception cref="SlotLostException">The server gave the slot up.</exception>
    /// <exception cref="PostgresUnavailableException">The server can't be reached, or refuses the login.</exception>
    public static async Task<WalStream> OpenAsync(
        string connectionString, string slot, IReadOnlyList<string> publications, TimeSpan statusInterval, TimeSpan senderTimeout, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => Open(connectionString, slot, publications, statusInterval, senderTimeout), cancellationToken);
        }
        catch (Exception exception) when (PostgresErrors.Translate(exception, connectionString, slot) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Reads the next transaction boundary, change or logical message that was received; false when more must be received first.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public bool TryRead()
    {
        try
        {
            while (_wire.TryTake(out var offset, out var length))
                if (Decode(offset, length)) return true;
            return false;
        }
        catch (Exception exception) when (PostgresErrors.Translate(exception, _connectionString, _slot) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Receives more, and blocks until some has come.</summary>
    /// <exception cref="PostgresUnavailableException">The server ended the stream, or <see cref="EndReads"/> did.</exception>
    public void Receive()
    {
        try
        {
            _wire.Receive();
        }
        catch (Exception exception) when (PostgresErrors.Translate(exception, _connectionString, _slot) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Ends a <see cref="Receive"/> that waits, and every later one; may be called on any thread. Confirming goes on.</summary>
    public void EndReads() => _wire.EndReads();

    /// <summary>Reads on to the next transaction boundary, change or logical message, on a thread of the pool.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public Task ReadAsync() => _reading = Task.Run(() =>
    {
        while (!TryRead()) Receive();
    });

    /// <summary>The position of a record made from the current change.</summary>
    public Position PositionOf(ushort era, uint part = 0) => Position.Of(era, CommitLsn, ChangeIndex, part);

    /// <summary>
    /// Confirms all transactions up to <paramref name="transactionEndLsn"/>; the server may forget them. Sent with the next status update.
    /// Never call it with anything but the <see cref="TransactionEndLsn"/> of a commit whose every record is acknowledged.
    /// </summary>
    public void Confirm(ulong transactionEndLsn) => Volatile.Write(ref _confirmedLsn, transactionEndLsn);

    /// <summary>Tells the server now what was confirmed.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public void SendStatus() => _wire.SendStatus(ReceivedLsn, Volatile.Read(ref _confirmedLsn));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _status.DisposeAsync();
        _wire.EndReads();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Run(_wire.Dispose);
    }

    private static WalStream Open(string connectionString, string slot, IReadOnlyList<string> publications, TimeSpan statusInterval, TimeSpan senderTimeout)
    {
        var wire = ReplicationWire.Open(WithSessionSettings(connectionString, senderTimeout));
        try
        {
            var source = SourceIdentity.Read(wire);
            wire.Start(StartCommand(slot, publications));
            return new WalStream(connectionString, slot, wire, source, statusInterval);
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }

    /// <summary>XLogData: its place in the WAL, then a pgoutput message. A keepalive has no message, and only tells how far the server is.</summary>
    private bool Decode(int offset, int length)
    {
        var frame = _wire.Bytes.AsSpan(offset, length);
        switch (frame[0])
        {
            case (byte)'w':
                ChangeLsn = BinaryPrimitives.ReadUInt64BigEndian(frame[1..]);
                Received(ChangeLsn);
                return _decoder.Decode(_wire.Bytes, offset + DataHeaderLength, length - DataHeaderLength);
            case (byte)'k':
                Received(BinaryPrimitives.ReadUInt64BigEndian(frame[1..]));
                if (frame[17] == 1) TrySendStatus();
                return false;
            default:
                throw new WalProtocolException($"The server sent '{(char)frame[0]}' in the replication stream.");
        }
    }

    /// <summary>Descriptions carry no place: what is lower than before is none.</summary>
    private void Received(ulong lsn)
    {
        if (lsn > _receivedLsn) Volatile.Write(ref _receivedLsn, lsn);
    }

    private void TrySendStatus()
    {
        try
        {
            SendStatus();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The reader meets the same broken connection, and says so.
        }
    }

    /// <summary>
    /// Values arrive as text in the session's forms, and a frozen reader loses the slot after the session's timeout: ours, whatever the server,
    /// the database or the role is set to.
    /// </summary>
    private static string WithSessionSettings(string connectionString, TimeSpan senderTimeout)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.Options = string.Create(CultureInfo.InvariantCulture, $"{settings.Options} {SessionForms.AsOptions} -c wal_sender_timeout={senderTimeout.TotalMilliseconds:0}ms").Trim();
        return settings.ConnectionString;
    }

    /// <summary>Streaming stays off: only committed transactions arrive, whole, in commit order, and the server spills large ones.</summary>
    private static string StartCommand(string slot, IReadOnlyList<string> publications)
    {
        var names = string.Join(',', publications.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
        return $"START_REPLICATION SLOT \"{slot}\" LOGICAL 0/0 (\"proto_version\" '2', \"publication_names\" '{names.Replace("'", "''", StringComparison.Ordinal)}', \"messages\" 'true')";
    }
}
