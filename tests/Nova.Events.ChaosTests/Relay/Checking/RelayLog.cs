using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Nova.Events.ChaosTests.Checking;
using Nova.Events.Contracts;

namespace Nova.Events.ChaosTests.Relay.Checking;

/// <summary>What relays left in Kafka.</summary>
internal sealed class RelayLog(string bootstrapServers)
{
    private readonly KafkaLog _log = new(bootstrapServers);

    /// <summary>Every record of the topics that begin with <paramref name="prefix"/>, each partition in the order of its offsets.</summary>
    public IEnumerable<FoundRecord> Published(string prefix, CancellationToken cancellationToken) =>
        _log.Read(topic => topic.StartsWith(prefix, StringComparison.Ordinal), cancellationToken).Select(found => Map(found, HeaderNames.Position));

    /// <summary>Every parked record.</summary>
    public IEnumerable<FoundRecord> Parked(CancellationToken cancellationToken) =>
        _log.Read(topic => topic == Topics.Parked, cancellationToken).Select(found => Map(found, HeaderNames.OriginalPosition));

    private static FoundRecord Map(ConsumeResult<byte[]?, byte[]?> found, string positionHeader)
    {
        // A parked record lies under its source's name; its own key is a header.
        var key = found.Header("parked-key") ?? Encoding.UTF8.GetString(found.Message.Key ?? []);
        return new FoundRecord(
            found.Topic, found.Partition.Value, found.Offset.Value,
            Guid.TryParse(found.Header(HeaderNames.Id), out var id) ? id : null, key, Number(found.Message.Value, key), found.Header(positionHeader));
    }

    /// <summary>The number that the payload holds; null where the payload is none of <paramref name="key"/>.</summary>
    private static long? Number(byte[]? value, string key)
    {
        try
        {
            using var payload = JsonDocument.Parse(value);
            return payload.RootElement.GetProperty("key").GetString() == key ? payload.RootElement.GetProperty("number").GetInt64() : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
