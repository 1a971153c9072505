using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Postgres;

namespace Nova.Events.Relay.Sessions;

/// <summary>What is known of a source beyond its database, in the compacted topic <see cref="Topics.Relay"/> under the source's name.</summary>
/// <param name="SystemId">The database cluster that the positions belong to.</param>
/// <param name="Era">Era of its positions.</param>
internal sealed record RelayState(ulong SystemId, ushort Era)
{
    /// <summary>The state in Kafka; the first relay of a source writes it.</summary>
    /// <exception cref="SourceRewoundException">The positions in Kafka belong to another database cluster.</exception>
    public static async Task<RelayState> ReadOrWriteAsync(KafkaOptions kafka, string source, SourceIdentity identity, CancellationToken cancellationToken)
    {
        if (await Task.Run(() => new KeyedStateReader(kafka).Read(Topics.Relay, source, cancellationToken), cancellationToken) is { } bytes)
        {
            var state = JsonSerializer.Deserialize(bytes, RelayStateJson.Default.RelayState)!;
            return state.SystemId == identity.SystemId
                ? state
                : throw new SourceRewoundException(source, $"Kafka holds positions of database cluster {state.SystemId}, this is cluster {identity.SystemId}");
        }

        var first = new RelayState(identity.SystemId, 0);
        using var publisher = new RecordPublisher(kafka, TimeSpan.FromSeconds(30));
        await publisher.PublishAsync(
            new PublishRecord(Topics.Relay, Encoding.UTF8.GetBytes(source), JsonSerializer.SerializeToUtf8Bytes(first, RelayStateJson.Default.RelayState), []),
            cancellationToken);
        return first;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RelayState))]
internal sealed partial class RelayStateJson : JsonSerializerContext;
