using Npgsql;
using NpgsqlTypes;

namespace Nova.Events.Relay.Polling;

/// <summary>The queue of schema file 010_polling.sql.</summary>
internal sealed class OutboxQueue(NpgsqlDataSource dataSource, string poller)
{
    private const int FirstText = 4;

    /// <summary>
    /// One statement, so one snapshot: of each bucket that is ours by the database's clock, the first messages in order. No cursor: what is not deleted is read
    /// again, so a message whose transaction was open for long is not passed over.
    /// </summary>
    private const string Read = """
        SELECT bucket, seq, created_at,
               (SELECT array_agg(topic) FROM nova.outbox_parked AS parked
                WHERE parked.holds_key AND parked.aggregateid = messages.aggregateid AND parked.seq < messages.seq) AS held,
               id::text, aggregatetype, aggregateid, type, payload::text, headers::text, traceparent, tenant,
               to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00', stream_version::text
        FROM (
            SELECT message.*, sum(200 + pg_column_size(aggregateid) + coalesce(pg_column_size(payload), 0) + coalesce(pg_column_size(headers), 0))
                   OVER (ORDER BY owned.bucket < $3, owned.bucket, seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
            FROM nova.outbox_buckets AS owned CROSS JOIN LATERAL (
                SELECT * FROM nova.outbox_queue AS queue WHERE queue.bucket = owned.bucket ORDER BY seq LIMIT $2
            ) AS message
            WHERE owned.owner = $1 AND owned.lease_until > clock_timestamp() AND owned.bucket <> ALL ($4)
        ) AS messages
        WHERE coalesce(bytes_before, 0) < $5
        ORDER BY bucket < $3, bucket, seq
        """;

    /// <summary>Of each bucket the oldest, counted and timed by the database; the count ends at 100,000.</summary>
    private const string Look = """
        SELECT (SELECT count(*) FROM (SELECT FROM nova.outbox_queue LIMIT 100000) AS counted),
               (SELECT extract(epoch FROM clock_timestamp() - min(oldest.created_at))::double precision
                FROM nova.outbox_buckets CROSS JOIN LATERAL (
                    SELECT created_at FROM nova.outbox_queue WHERE outbox_queue.bucket = outbox_buckets.bucket ORDER BY seq LIMIT 1) AS oldest),
               (SELECT count(*) FROM nova.outbox_parked)
        """;

    /// <summary>The first messages of our buckets.</summary>
    /// <param name="rows">Of one bucket, at most.</param>
    /// <param name="bytes">Of all, at which reading ends.</param>
    /// <param name="first">The bucket to begin with: where bytes end the reading, each bucket comes first at times.</param>
    /// <param name="skipped">Buckets that are not asked for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<List<QueuedMessage>> ReadAsync(int rows, long bytes, short first, short[] skipped, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Read);
        command.Parameters.Add(new NpgsqlParameter { Value = poller });
        command.Parameters.Add(new NpgsqlParameter { Value = rows });
        command.Parameters.Add(new NpgsqlParameter { Value = first });
        command.Parameters.Add(new NpgsqlParameter { Value = skipped });
        command.Parameters.Add(new NpgsqlParameter { Value = bytes });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<QueuedMessage>();
        // The database counts what it stores; as text it can be more.
        while (bytes > 0 && await reader.ReadAsync(cancellationToken))
        {
            var message = Message(reader);
            messages.Add(message);
            bytes -= message.SizeInBytes;
        }

        return messages;
    }

    /// <summary>
    /// Deletes what Kafka has acknowledged: these and no others, since one of a smaller number may have become visible meanwhile. Whose the buckets are by now does not
    /// matter: acknowledged is acknowledged.
    /// </summary>
    public async Task DeleteAsync(IEnumerable<QueuedMessage> messages, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        foreach (var bucket in messages.GroupBy(message => message.Bucket))
        {
            var command = new NpgsqlBatchCommand("DELETE FROM nova.outbox_queue WHERE bucket = $1 AND seq = ANY ($2)");
            command.Parameters.Add(new NpgsqlParameter { Value = bucket.Key });
            command.Parameters.Add(new NpgsqlParameter { Value = bucket.Select(message => message.Sequence).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Puts a message aside; false if somebody else has published or parked it.</summary>
    public async Task<bool> ParkAsync(QueuedMessage message, string topic, bool holdsKey, string reason, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT nova.outbox_park($1, $2, $3, $4, $5)");
        foreach (var value in new object[] { message.Bucket, message.Sequence, topic, holdsKey, reason }) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>What waits.</summary>
    public async Task<QueueBacklog> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Look);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new QueueBacklog(reader.GetInt64(0), reader.IsDBNull(1) ? null : Math.Max(0, reader.GetDouble(1)), reader.GetInt64(2));
    }

    private static QueuedMessage Message(NpgsqlDataReader reader)
    {
        var texts = new byte[]?[reader.FieldCount - FirstText];
        for (var i = 0; i < texts.Length; i++) texts[i] = reader.IsDBNull(FirstText + i) ? null : reader.GetFieldValue<byte[]>(FirstText + i);
        return new QueuedMessage(reader.GetInt16(0), reader.GetInt64(1), reader.GetDateTime(2).Ticks, reader.IsDBNull(3) ? null : reader.GetFieldValue<string[]>(3), texts);
    }
}

/// <summary>What waits in the queue.</summary>
/// <param name="Messages">How many, counted up to 100,000.</param>
/// <param name="OldestAge">Seconds since the transaction of the oldest began; null when none waits.</param>
/// <param name="Parked">Messages that are parked.</param>
internal sealed record QueueBacklog(long Messages, double? OldestAge, long Parked);
