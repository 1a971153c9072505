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
/// <param name="IsCut">True if only the beginning of it is kept: then it is never published.</param>
internal sealed record ParkedRecord(
    SourcePosition Position, string Topic, byte[]? RecordKey, bool HoldsKey, string Reason, byte[]? Value, IReadOnlyList<RecordHeader> Headers,
    Position? First = null, Position? ReleasedAt = null, bool IsCut = false)
{
    /// <summary>Most bytes that are kept of a value, of the headers together and of a key: less than the topic takes. Only messages without the table can be longer.</summary>
    private const int MaxValueBytes = 8 << 20;
    private const int MaxHeaderBytes = 4 << 20;
    private const int MaxKeyBytes = 1 << 20;

    private const string Prefix = "parked-";
    private const string TopicHeader = Prefix + "topic";
    private const string KeyHeader = Prefix + "key";
    private const string PolicyHeader = Prefix + "policy";
    private const string ReasonHeader = Prefix + "reason";
    private const string FirstHeader = Prefix + "first";
    private const string ReleasedHeader = Prefix + "released-at";
    private const string CutHeader = Prefix + "cut";

    /// <summary>Where it stands among the records of its key.</summary>
    public Position Place => First ?? Position.Position;

    /// <summary>The record, or as much of it as the parking topic takes; the reason says so. A key that is too long is not kept, and holds nothing.</summary>
    public ParkedRecord Cut()
    {
        var headerBytes = Headers.Sum(header => (long)header.Name.Length + (header.Value?.Length ?? 0));
        var (valueFits, headersFit, keyFits) = ((Value?.Length ?? 0) <= MaxValueBytes, headerBytes <= MaxHeaderBytes, (RecordKey?.Length ?? 0) <= MaxKeyBytes);
        if (valueFits && headersFit && keyFits) return this;
        return this with
        {
            Value = valueFits ? Value : Value![..MaxValueBytes],
            Headers = headersFit ? Headers : [],
            RecordKey = keyFits ? RecordKey : null,
            HoldsKey = HoldsKey && keyFits,
            Reason = $"{Reason}; it had {Value?.Length ?? 0:N0} bytes, {headerBytes:N0} of headers and a key of {RecordKey?.Length ?? 0:N0}, and what is too long to be kept is cut",
            IsCut = true,
        };
    }

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
        if (IsCut) headers.Add(new(CutHeader, []));
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
            PositionOf(own, ReleasedHeader),
            own.ContainsKey(CutHeader));
    }

    private static Position? PositionOf(Dictionary<string, byte[]?> headers, string name) =>
        headers.TryGetValue(name, out var text) && Contracts.Position.TryParse(text, out var position) ? position : null;
}
