using System.Text;
using Nova.Events.Relay.Routing;
using Npgsql;

namespace Nova.Events.Relay.Recovery;

/// <summary>The outbox messages that the database still holds, as the snapshot of a new slot shows them.</summary>
internal sealed class RetainedEvents(NpgsqlConnection connection)
{
    private const string Columns = "id, aggregatetype, aggregateid, type, payload::text, headers::text, traceparent, tenant, occurred_at::text, stream_version::text";

    /// <summary>True if the server knows when transactions committed; then the order is that of the commits, otherwise that of the insertions.</summary>
    public bool InCommitOrder { get; private set; }

    /// <summary>Begins to read under a snapshot.</summary>
    public async Task BeginAsync(string snapshot, CancellationToken cancellationToken)
    {
        InCommitOrder = await ScalarAsync("SHOW track_commit_timestamp", cancellationToken) == "on";
        await ExecuteAsync($"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{snapshot}'; SET LOCAL DateStyle = 'ISO'; SET LOCAL TimeZone = 'UTC'", cancellationToken);
    }

    /// <summary>
    /// The messages of transactions that committed since <paramref name="since"/>, in order; where the server does not know when they did, of those that began since.
    /// </summary>
    public async IAsyncEnumerable<RetainedEvent> ReadAsync(DateTimeOffset since, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Within a transaction, rows lie in the order of their insertion; its savepoints have an xmin of their own, which tells nothing.
        var order = InCommitOrder ? "pg_xact_commit_timestamp(xmin) NULLS FIRST, place" : "(created_at AT TIME ZONE 'UTC')::date, place";
        var recent = InCommitOrder ? "coalesce(pg_xact_commit_timestamp(xmin), created_at) >= $1" : "created_at >= $1";
        var streams = await ScalarAsync("SELECT to_regclass('nova.stream_events')::text", cancellationToken) is null
            ? "" : $"UNION ALL SELECT {Columns}, created_at, xmin, ctid AS place FROM nova.stream_events WHERE {recent}";
        await using var command = new NpgsqlCommand(
            $"SELECT * FROM (SELECT {Columns}, created_at, xmin, ctid AS place FROM nova.outbox WHERE {recent} {streams}) events ORDER BY {order}", connection)
        {
            Parameters = { new() { Value = since.UtcDateTime } },
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return new RetainedEvent(reader.GetGuid(0), [.. Enumerable.Range(1, 9).Select(column => reader.IsDBNull(column) ? null : Encoding.UTF8.GetBytes(reader.GetString(column)))]);
    }

    private async Task<string?> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A message that the database still holds.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Texts">Its other columns, as the server writes them.</param>
internal sealed record RetainedEvent(Guid Id, byte[]?[] Texts)
{
    /// <summary>As the relay reads it from the WAL.</summary>
    public OutboxRow ToRow() => new()
    {
        FromTable = true,
        Id = Encoding.UTF8.GetBytes(Id.ToString()),
        AggregateType = Texts[0],
        AggregateId = Texts[1],
        Type = Texts[2],
        Payload = Texts[3],
        HasPayload = Texts[3] is not null,
        Headers = Texts[4],
        Traceparent = Texts[5],
        Tenant = Texts[6],
        OccurredAt = Texts[7],
        StreamVersion = Texts[8],
    };
}
