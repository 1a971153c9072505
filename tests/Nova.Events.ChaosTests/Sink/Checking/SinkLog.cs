using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Nova.Events.ChaosTests.Checking;
using Nova.Events.ChaosTests.Sink.Faults;
using Nova.Events.ChaosTests.Sink.Writing;
using Nova.Events.Contracts;

namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>What was written to Kafka, and the dead letters.</summary>
internal sealed class SinkLog(string bootstrapServers)
{
    private readonly KafkaLog _log = new(bootstrapServers);

    /// <summary>True for the topics that sinks read.</summary>
    public static bool IsRaw(string topic) => topic is SinkFleet.DomainTopic or Topics.ClientEvents;

    /// <summary>Every record of the raw topics, each partition in the order of its offsets.</summary>
    public IEnumerable<LoggedRecord> Records(CancellationToken cancellationToken) => _log.Read(IsRaw, cancellationToken).Select(Map);

    /// <summary>Every dead letter.</summary>
    public IEnumerable<DeadLetter> Letters(CancellationToken cancellationToken) =>
        _log.Read(topic => topic == Topics.DeadLetters(SinkFleet.Group), cancellationToken).Select(LetterOf);

    private static DeadLetter LetterOf(ConsumeResult<byte[]?, byte[]?> found) => new(
        found.Header(HeaderNames.DeadLetterId), Origin(found), found.Message.Value,
        found.Header(HeaderNames.DeadLetterReason)?.StartsWith(RefusedType.Reason, StringComparison.Ordinal) == true);

    private static LoggedRecord Map(ConsumeResult<byte[]?, byte[]?> found)
    {
        var isMalformed = found.Header(ChaosRecord.Malformed) is not null;
        return new LoggedRecord(
            new Place(found.Topic, found.Partition.Value, found.Offset.Value), found.Header(HeaderNames.Id), found.Header(HeaderNames.Position), found.Header(HeaderNames.EventType),
            isMalformed ? 0 : PostId(found.Message.Value), isMalformed, isMalformed ? found.Message.Value : null);
    }

    private static long PostId(byte[]? value)
    {
        if (value is null) return 0;
        using var payload = JsonDocument.Parse(value);
        return payload.RootElement.GetProperty("post_id").GetInt64();
    }

    private static Place? Origin(ConsumeResult<byte[]?, byte[]?> letter) =>
        letter.Header(HeaderNames.DeadLetterTopic) is { } topic
        && int.TryParse(letter.Header(HeaderNames.DeadLetterPartition), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
        && long.TryParse(letter.Header(HeaderNames.DeadLetterOffset), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? new Place(topic, partition, offset)
            : null;
}
