using Npgsql;
using NpgsqlTypes;

namespace Nova.Events.Relay.Polling;

/// <summary>What polling relays have put aside, in <c>nova.outbox_parked</c>.</summary>
internal static class ParkedMessages
{
    /// <summary>All of it, in order.</summary>
    public static async Task<List<ParkedMessage>> ListAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var command = dataSource.CreateCommand("SELECT bucket, seq, topic, aggregateid, holds_key, reason FROM nova.outbox_parked ORDER BY seq");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<ParkedMessage>();
        while (await reader.ReadAsync(cancellationToken))
            messages.Add(new ParkedMessage(reader.GetInt16(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetBoolean(4), reader.GetString(5)));
        return messages;
    }

    /// <summary>Puts those of the keys back where they stood in the queue, or all; returns how many.</summary>
    public static async Task<long> ReleaseAsync(string connectionString, IReadOnlyCollection<string>? keys, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var command = dataSource.CreateCommand(keys is null ? "SELECT nova.outbox_release()" : "SELECT coalesce(sum(nova.outbox_release(key)), 0)::bigint FROM unnest($1) AS key");
        if (keys is not null) command.Parameters.Add(new NpgsqlParameter { Value = keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

/// <summary>A message that is put aside.</summary>
internal sealed record ParkedMessage(short Bucket, long Sequence, string Topic, string Key, bool HoldsKey, string Reason);
