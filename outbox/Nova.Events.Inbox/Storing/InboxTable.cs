using System.Globalization;
using Nova.Events.Kafka.Consuming.State;
using Npgsql;

namespace Nova.Events.Inbox.Storing;

/// <summary>The statements on <c>nova.inbox</c>, in a transaction that is open. Each is one round trip.</summary>
internal sealed class InboxTable(NpgsqlConnection connection)
{
    private const string SelectRow = """
        SELECT first_offset, next_offset, state, topic_id, aside_offset, aside_attempts, aside_reason, aside_exception
        FROM nova.inbox WHERE consumer_group = $1 AND topic = $2 AND partition = $3
        """;

    private const string InsertRow = """
        INSERT INTO nova.inbox (consumer_group, topic, partition, first_offset, next_offset, state, topic_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (consumer_group, topic, partition) DO NOTHING
        """;

    // The row's lock is what keeps two owners apart. It comes first, so that the second of them sees nothing of the first one's half-done work.
    private const string LockRow = """
        SELECT next_offset, aside_offset, pg_current_xact_id()::text, set_config('idle_in_transaction_session_timeout', $4, true)
        FROM nova.inbox WHERE consumer_group = $1 AND topic = $2 AND partition = $3 FOR UPDATE
        """;

    private const string MoveRow = """
        UPDATE nova.inbox
        SET next_offset = $4, state = $5, topic_id = $6, aside_offset = $8, aside_attempts = $9, aside_reason = $10, aside_exception = $11, updated_at = clock_timestamp()
        WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND pg_current_xact_id()::text = $7
        """;

    private const string CurrentTransaction = "SELECT pg_current_xact_id_if_assigned()::text";
    private const string TransactionStatus = "SELECT pg_xact_status($1::xid8)";

    public async Task<InboxRow?> SelectAsync(InboxKey key, CancellationToken cancellationToken)
    {
        await using var command = Command(SelectRow, key);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var next = reader.GetInt64(1);
        return new InboxRow(key, reader.GetInt64(0), next, CommittedState.Parse(reader.GetString(2), next).Positions, TextAt(reader, 3))
        {
            Aside = reader.IsDBNull(4) ? null : new InboxVerdict(reader.GetInt64(4), reader.IsDBNull(5) ? 1 : reader.GetInt32(5), TextAt(reader, 6) ?? "", TextAt(reader, 7)),
        };
    }

    public async Task InsertAsync(InboxRow row, CancellationToken cancellationToken)
    {
        await using var command = Command(InsertRow, row.Key, row.First, row.Next, StateOf(row), Text(row.TopicId));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Waits until no other transaction has the row.</summary>
    /// <returns>Where it is, which record is given up there, and the id of this transaction; null without a row.</returns>
    public async Task<(long Next, long? Aside, string TransactionId)?> LockAsync(InboxKey key, TimeSpan longestRest, CancellationToken cancellationToken)
    {
        await using var command = Command(LockRow, key, ((long)longestRest.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetString(2)) : null;
    }

    /// <exception cref="TransactionEndedException">The transaction is no longer that which locked the row.</exception>
    public async Task MoveAsync(InboxRow row, string transactionId, CancellationToken cancellationToken)
    {
        await using var command = Command(MoveRow, row.Key, row.Next, StateOf(row), Text(row.TopicId), transactionId);
        command.Parameters.Add(new NpgsqlParameter<long?> { TypedValue = row.Aside?.Offset });
        command.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = row.Aside?.Attempts });
        command.Parameters.Add(Text(row.Aside?.Reason));
        command.Parameters.Add(Text(row.Aside?.Exception));
        if (await command.ExecuteNonQueryAsync(cancellationToken) != 1) throw new TransactionEndedException();
    }

    /// <returns>False where the transaction is another than that which locked the row, or none.</returns>
    /// <exception cref="PostgresException">25P02: a statement of it failed. It may be either.</exception>
    public async Task<bool> IsOursAsync(string transactionId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CurrentTransaction, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string == transactionId;
    }

    /// <returns><c>committed</c>, <c>aborted</c> or <c>in progress</c>; null where it was so long ago that the server no longer knows.</returns>
    public async Task<string?> StatusOfAsync(string transactionId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(TransactionStatus, connection) { Parameters = { new() { Value = transactionId } } };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private static string StateOf(InboxRow row) => new CommittedState(row.Positions).ToText(row.Next, int.MaxValue)!;

    private NpgsqlCommand Command(string sql, InboxKey key, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = key.Group }, new() { Value = key.Topic }, new() { Value = key.Partition } } };
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return command;
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };

    private static string? TextAt(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
