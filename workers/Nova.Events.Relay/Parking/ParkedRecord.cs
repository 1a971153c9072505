using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Parking;

/// <summary>A record that could not be published, as it lies in <see cref="Topics.Parked"/>: its bytes, and why it is there.</summary>
/// <param name="Position">The position that it had.</param>
/// <param name="Topic">The topic that it was for; empty where that is unknown.</param>
/// <param name="RecordKey">Its key; null where that is unknown.</param>
/// <param name="HoldsKey">True if later records of its key are parked, too.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="Value">Its value; null for a tombstone.</param>
/// <param name="Headers">Its headers, but for its position.</param>
/// <param name="First">Where it stood before it was released and parked again; null the first time.</param>
/// <param name="ReleasedAt">On the note that it was released: the position at which it is published.</param>
internal sealed record ParkedRecord(
    SourcePosition Position, string Topic, byte[]? RecordKey, bool HoldsKey, string Reason, byte[]? Value, IReadOnlyList<RecordHeader> Headers, Position? First = null, Position? ReleasedAt = null)
{
    private const string Prefix = "parked-";
    private const string TopicHeader = Prefix + "topic";
    private const string KeyHeader = Prefix + "key";
    private const string PolicyHeader = Prefix + "policy";
    private const string ReasonHeader = Prefix + "reason";
    private const string FirstHeader = Prefix + "first";
    private const string ReleasedHeader = Prefix + "released-at";

    /// <summary>Where it stands among the records of its key.</summary>
    public Position Place => First ?? Position.Position;

    /// <summary>The record in the parking topic, under the source's name.</summary>
    public PublishRecord ToRecord()
    {
        List<RecordHeader> headers =
        [
            new(HeaderNames.OriginalPosition, Encoding.UTF8.GetBytes(Position.ToString())),
            new(TopicHeader, Encoding.UTF8.GetBytes(Topic)),
            new(PolicyHeader, Encoding.UTF8.GetBytes((HoldsKey ? PoisonPolicy.Park : PoisonPolicy.DeadLetter).ToString())),
            new(ReasonHeader, Encoding.UTF8.GetBytes(Reason)),
        ];
        if (First is { } first) headers.Add(new(FirstHeader, Encoding.UTF8.GetBytes(first.ToString())));
        if (ReleasedAt is { } released) headers.Add(new(ReleasedHeader, Encoding.UTF8.GetBytes(released.ToString())));
        if (RecordKey is not null) headers.Add(new(KeyHeader, RecordKey));
        headers.AddRange(Headers.Where(header => header.Name != HeaderNames.Position && !header.Name.StartsWith(Prefix, StringComparison.Ordinal)));
        return new PublishRecord(Topics.Parked, Encoding.UTF8.GetBytes(Position.Source), Value, headers);
    }

    /// <summary>What <see cref="ToRecord"/> wrote; null for anything else.</summary>
    public static ParkedRecord? Read(ConsumedRecord record)
    {
        // The first header of a name is ours: what follows is the writer's.
        var own = record.Headers.GroupBy(header => header.Name, StringComparer.Ordinal).ToDictionary(headers => headers.Key, headers => headers.First().Value, StringComparer.Ordinal);
        if (!own.TryGetValue(HeaderNames.OriginalPosition, out var text) || !SourcePosition.TryParse(text, out var position)) return null;
        return new ParkedRecord(
            position,
            Encoding.UTF8.GetString(own.GetValueOrDefault(TopicHeader) ?? []),
            own.GetValueOrDefault(KeyHeader),
            Encoding.UTF8.GetString(own.GetValueOrDefault(PolicyHeader) ?? []) == nameof(PoisonPolicy.Park),
            Encoding.UTF8.GetString(own.GetValueOrDefault(ReasonHeader) ?? []),
            record.Value,
            [.. record.Headers.Where(header => header.Name != HeaderNames.OriginalPosition && !header.Name.StartsWith(Prefix, StringComparison.Ordinal))],
            PositionOf(own, FirstHeader),
            PositionOf(own, ReleasedHeader));
    }

    private static Position? PositionOf(Dictionary<string, byte[]?> headers, string name) =>
        headers.TryGetValue(name, out var text) && Contracts.Position.TryParse(text, out var position) ? position : null;
}
