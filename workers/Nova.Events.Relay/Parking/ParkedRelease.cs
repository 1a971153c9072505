using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Npgsql;

namespace Nova.Events.Relay.Parking;

/// <summary>
/// Lets parked records go: a transactional logical message for each of them, with the position that it had. The relay publishes it where it
/// reads the message, at the message's position, so it stands in order between what its key held back and what comes later. The message names
/// the record and does not carry it: anybody who may connect can write one.
/// </summary>
internal static class ParkedRelease
{
    /// <summary>Prefix of the logical message.</summary>
    public const string Prefix = "nova.release";

    /// <summary>Asks the relay to publish what is parked with one of the keys, or everything.</summary>
    /// <param name="options">The relay's.</param>
    /// <param name="kafka">The cluster.</param>
    /// <param name="keys">The keys; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it will publish.</returns>
    public static async Task<IReadOnlyList<ParkedRecord>> RequestAsync(RelayOptions options, KafkaOptions kafka, IReadOnlyCollection<string>? keys, CancellationToken cancellationToken)
    {
        // What names no topic was no outbox message.
        var records = (await ParkingLot.UnreleasedAsync(kafka, options.Source, cancellationToken))
            .Where(record => record.Topic.Length > 0 && (keys is null || keys.Contains(System.Text.Encoding.UTF8.GetString(record.RecordKey ?? []), StringComparer.Ordinal)))
            .OrderBy(record => record.Place).ToArray();
        await using var dataSource = NpgsqlDataSource.Create(options.ConnectionString);
        await using var command = dataSource.CreateCommand("SELECT pg_logical_emit_message(true, $1, position) FROM unnest($2) WITH ORDINALITY parked (position, place) ORDER BY place");
        command.Parameters.Add(new NpgsqlParameter { Value = Prefix });
        command.Parameters.Add(new NpgsqlParameter { Value = records.Select(record => record.Position.ToString()).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return records;
    }

    /// <summary>The position that a message asks for; false for anything that is not of <paramref name="source"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> content, string source, out Position parked)
    {
        var isOurs = SourcePosition.TryParse(content, out var position) && position.Source == source;
        parked = position.Position;
        return isOurs;
    }
}
