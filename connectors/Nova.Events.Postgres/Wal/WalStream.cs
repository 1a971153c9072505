using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.Internal;
using Npgsql.Replication.PgOutput;
using NpgsqlTypes;
using Nova.Events.Contracts;
using Nova.Events.Postgres.Slots;

namespace Nova.Events.Postgres.Wal;

/// <summary>
/// The write-ahead log of one slot, message by message, in commit order. A cursor: what its properties show is valid until the next
/// <see cref="ReadAsync"/>; copy what you keep.
/// </summary>
public sealed class WalStream : IAsyncDisposable
{
    private readonly LogicalReplicationConnection _connection;
    private readonly string _slot;
    private readonly IAsyncEnumerator<XLogDataMessage> _frames;
    private readonly CancellationTokenSource _reading;
    private readonly WalDecoder _decoder = new();
    private byte[] _buffer = new byte[16 * 1024];
    private int _length;
    private Task _pending = Task.CompletedTask;

    private WalStream(LogicalReplicationConnection connection, string slot, IAsyncEnumerator<XLogDataMessage> frames, CancellationTokenSource reading) =>
        (_connection, _slot, _frames, _reading) = (connection, slot, frames, reading);

    /// <summary>What was read last.</summary>
    public WalMessageKind Kind => _decoder.Kind;

    /// <summary>LSN of the commit record of the current transaction.</summary>
    public ulong CommitLsn => _decoder.CommitLsn;

    /// <summary>When the current transaction committed, by the server's clock.</summary>
    public DateTimeOffset CommittedAt => _decoder.CommittedAt;

    /// <summary>On <see cref="WalMessageKind.Commit"/>: the LSN to confirm once every record of the transaction is acknowledged.</summary>
    public ulong TransactionEndLsn => _decoder.TransactionEndLsn;

    /// <summary>On a change: its index among all change messages of its transaction.</summary>
    public uint ChangeIndex => _decoder.ChangeIndex;

    /// <summary>On a change of a row: its table.</summary>
    public Relation Relation => _decoder.Relation;

    /// <summary>On an insert: the row.</summary>
    public TupleColumns New => _decoder.New;

    /// <summary>On a logical message: its prefix.</summary>
    public string Prefix => _decoder.Prefix;

    /// <summary>On a logical message: true if it rides a transaction, false if it was delivered at once.</summary>
    public bool Transactional => _decoder.Transactional;

    /// <summary>On a logical message: its content.</summary>
    public ReadOnlySpan<byte> Content => _decoder.Content.Span;

    /// <summary>Starts to read <paramref name="slot"/> at the first commit that was not confirmed.</summary>
    /// <exception cref="SlotInUseException">Another process reads it.</exception>
    /// <exception cref="SlotMissingException">There is no such slot.</exception>
    /// <exception cref="SlotLostException">The server gave the slot up.</exception>
    /// <exception cref="PostgresUnavailableException">The server can't be reached, or refuses the login.</exception>
    public static async Task<WalStream> OpenAsync(
        string connectionString, string slot, IReadOnlyList<string> publications, TimeSpan statusInterval, CancellationToken cancellationToken)
    {
        var connection = new LogicalReplicationConnection(WithTextForms(connectionString)) { WalReceiverStatusInterval = statusInterval };
        var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stream = default(WalStream);
        try
        {
            await connection.Open(reading.Token);
            var frames = connection
                .StartLogicalReplication(new PgOutputReplicationSlot(slot), reading.Token, walLocation: null, Options(publications))
                .GetAsyncEnumerator(reading.Token);
            stream = new WalStream(connection, slot, frames, reading);
            return stream;
        }
        catch (Exception exception) when (PostgresErrors.Translate(exception, connectionString, slot) is { } translated)
        {
            throw translated;
        }
        finally
        {
            if (stream is null)
            {
                reading.Dispose();
                await connection.DisposeAsync();
            }
        }
    }

    /// <summary>Reads on to the next transaction boundary, change or logical message.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public ValueTask ReadAsync()
    {
        var reading = ReadMessageAsync();
        if (reading.IsCompleted) return reading;
        _pending = reading.AsTask();
        return new ValueTask(_pending);
    }

    private async ValueTask ReadMessageAsync()
    {
        try
        {
            do await ReadFrameAsync();
            while (!_decoder.Decode(_buffer, _length));
        }
        catch (Exception exception) when (PostgresErrors.Translate(exception, _connection.ConnectionString, _slot) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>The position of a record made from the current change.</summary>
    public Position PositionOf(ushort era, uint part = 0) => Position.Of(era, CommitLsn, ChangeIndex, part);

    /// <summary>
    /// Confirms all transactions up to <paramref name="transactionEndLsn"/>; the server may forget them. Sent with the next status update.
    /// Never call it with anything but the <see cref="TransactionEndLsn"/> of a commit whose every record is acknowledged.
    /// </summary>
    public void Confirm(ulong transactionEndLsn) => _connection.SetReplicationStatus(new NpgsqlLogSequenceNumber(transactionEndLsn));

    /// <summary>Tells the server now what was confirmed.</summary>
    public Task SendStatusAsync(CancellationToken cancellationToken) => _connection.SendStatusUpdate(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Without the cancellation, disposing the enumerator reads on to the end of the stream, which has none.
        await _reading.CancelAsync();
        // An enumerator can't be disposed while it moves. What the read comes to is for whoever called it.
        await _pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _frames.DisposeAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or NpgsqlException or IOException)
        {
            // The connection is given up in any case.
        }

        await _connection.DisposeAsync();
        _reading.Dispose();
    }

    /// <summary>Values arrive as text in the session's forms: ours, whatever the server, the database or the role is set to.</summary>
    private static string WithTextForms(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.Options = $"{settings.Options} -c DateStyle=ISO -c TimeZone=UTC".Trim();
        return settings.ConnectionString;
    }

    private static KeyValuePair<string, string?>[] Options(IReadOnlyList<string> publications) =>
    [
        // Streaming stays off: only committed transactions arrive, whole, in commit order, and the server spills large ones.
        new("proto_version", "2"),
        new("publication_names", string.Join(',', publications)),
        new("messages", "true"),
    ];

    private async ValueTask ReadFrameAsync()
    {
        if (!await _frames.MoveNextAsync()) throw new PostgresUnavailableException("The server ended the replication stream.", null);
        var data = _frames.Current.Data;
        _length = (int)data.Length;
        if (_buffer.Length < _length) _buffer = new byte[Math.Max(_length, _buffer.Length * 2)];
        await data.ReadExactlyAsync(_buffer.AsMemory(0, _length), _reading.Token);
    }
}
