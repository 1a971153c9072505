using System.Runtime.CompilerServices;
using Npgsql;

namespace Nova.Events.Outbox.Streams;

/// <summary>Loads event streams and keeps snapshots of states, on a connection of plain Npgsql and in its transaction if there is one.</summary>
public static class NpgsqlStreamLoad
{
    private const string Events = """
        SELECT id, type, stream_version, payload::text, occurred_at FROM nova.stream_events
        WHERE aggregatetype = $1 AND aggregateid = $2 AND stream_version >= $3 ORDER BY stream_version
        """;

    private const string Snapshot = "SELECT version, state::text FROM nova.stream_snapshots WHERE aggregatetype = $1 AND aggregateid = $2";

    /// <summary>A late saver's older state never takes the place of a newer one.</summary>
    private const string Save = """
        INSERT INTO nova.stream_snapshots AS kept (aggregatetype, aggregateid, version, state) VALUES ($1, $2, $3, $4::jsonb)
        ON CONFLICT (aggregatetype, aggregateid) DO UPDATE SET version = excluded.version, state = excluded.state, created_at = now()
        WHERE kept.version < excluded.version
        """;

    /// <summary>The events of a stream from a version on, in their order, read as they are taken: the connection is busy until the last. Empty for an unknown stream.</summary>
    public static async IAsyncEnumerable<StreamEvent> LoadStreamAsync(
        this NpgsqlConnection connection, string aggregateType, string aggregateId, long fromVersion = 1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var command = Command(connection, Events, aggregateType, aggregateId, fromVersion);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new StreamEvent
            {
                Id = reader.GetGuid(0),
                Type = reader.GetString(1),
                Version = reader.GetInt64(2),
                Payload = await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetFieldValue<byte[]>(3),
                OccurredAt = reader.GetFieldValue<DateTimeOffset>(4),
            };
        }
    }

    /// <summary>A state from its snapshot and the events after it, or from all events where there is none.</summary>
    /// <param name="connection">Where the stream is.</param>
    /// <param name="aggregateType">Type of the aggregate.</param>
    /// <param name="aggregateId">Its id.</param>
    /// <param name="start">The state of a snapshot; of null, that before the first event.</param>
    /// <param name="apply">The state after an event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<StreamState<TState>> LoadStateAsync<TState>(
        this NpgsqlConnection connection, string aggregateType, string aggregateId, Func<StreamSnapshot?, TState> start, Func<TState, StreamEvent, TState> apply,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(apply);
        var snapshot = await connection.LoadSnapshotAsync(aggregateType, aggregateId, cancellationToken);
        var (state, version) = (start(snapshot), snapshot?.Version ?? 0);
        await foreach (var streamEvent in connection.LoadStreamAsync(aggregateType, aggregateId, version + 1, cancellationToken))
            (state, version) = (apply(state, streamEvent), streamEvent.Version);
        return new StreamState<TState>(state, version);
    }

    /// <summary>The latest snapshot of a stream's state; null where there is none.</summary>
    public static async Task<StreamSnapshot?> LoadSnapshotAsync(
        this NpgsqlConnection connection, string aggregateType, string aggregateId, CancellationToken cancellationToken = default)
    {
        await using var command = Command(connection, Snapshot, aggregateType, aggregateId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new StreamSnapshot(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Keeps a snapshot in place of an older one; does nothing where a newer one is kept.</summary>
    /// <exception cref="PostgresException">Constraint <c>snapshot_is_of_a_written_version</c>: the stream has no such version. State is no JSON: SQLSTATE 22P02.</exception>
    public static async Task SaveSnapshotAsync(
        this NpgsqlConnection connection, string aggregateType, string aggregateId, StreamSnapshot snapshot, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        await using var command = Command(connection, Save, aggregateType, aggregateId, snapshot.Version, System.Text.Encoding.UTF8.GetString(snapshot.State));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
