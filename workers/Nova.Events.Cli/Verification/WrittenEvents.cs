using System.Runtime.CompilerServices;
using Nova.Events.ClickHouse.Verification;
using Npgsql;

namespace Nova.Events.Cli.Verification;

/// <summary>What was written, as its writers have it: the rows of the outbox, and the client events that a caller was told of.</summary>
internal static class WrittenEvents
{
    /// <summary>The rows that the outbox still holds, committed before the slot was made or later.</summary>
    public static async IAsyncEnumerable<WrittenEvent> OfOutboxAsync(NpgsqlDataSource dataSource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT id, aggregatetype, aggregateid, stream_version FROM nova.outbox");
        command.CommandTimeout = 600;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return new WrittenEvent(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt64(3));
    }

    /// <summary>Client events that were accepted.</summary>
    public static async IAsyncEnumerable<WrittenEvent> OfIdsAsync(IEnumerable<Guid> ids)
    {
        await Task.CompletedTask;
        foreach (var id in ids) yield return new WrittenEvent(id, "client", "");
    }
}
