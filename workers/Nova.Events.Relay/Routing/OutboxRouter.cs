using System.Text;
using System.Text.Json;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Postgres.Wal;

namespace Nova.Events.Relay.Routing;

/// <summary>Makes the Kafka record of an outbox row: topic from the aggregate type, key from the aggregate id, headers as Debezium's router sets them.</summary>
internal sealed class OutboxRouter(string source, string topicPrefix)
{
    /// <summary>PostgreSQL nests jsonb deeper than the reader's default allows.</summary>
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };
    private readonly Dictionary<string, string> _topics = new(StringComparer.Ordinal);
    private Relation? _relation;
    private Columns _columns;

    /// <summary>True for the table that it routes.</summary>
    public static bool Routes(Relation relation) => relation is { Schema: "nova", Name: "outbox" };

    /// <summary>The record of the row that <paramref name="wal"/> stands on.</summary>
    public PublishRecord Route(WalStream wal, Position position)
    {
        if (!ReferenceEquals(_relation, wal.Relation)) (_relation, _columns) = (wal.Relation, Columns.Of(wal.Relation));
        var row = wal.New;
        var headers = new List<RecordHeader>(6)
        {
            new(HeaderNames.Id, row.Text(_columns.Id).ToArray()),
            new(HeaderNames.EventType, row.Text(_columns.Type).ToArray()),
            new(HeaderNames.Position, PositionHeader(position)),
        };
        Add(headers, HeaderNames.Traceparent, row, _columns.Traceparent);
        Add(headers, HeaderNames.Tenant, row, _columns.Tenant);
        if (_columns.OccurredAt >= 0 && !row.IsNull(_columns.OccurredAt))
            headers.Add(new(HeaderNames.OccurredAt, PostgresTimestamp.ToIso8601(row.Text(_columns.OccurredAt))));
        Add(headers, HeaderNames.StreamVersion, row, _columns.StreamVersion);
        if (_columns.Headers >= 0 && !row.IsNull(_columns.Headers)) AddJson(headers, row.Text(_columns.Headers));
        return new PublishRecord(
            Topic(row.Text(_columns.AggregateType)),
            row.Text(_columns.AggregateId).ToArray(),
            row.IsNull(_columns.Payload) ? null : row.Text(_columns.Payload).ToArray(),
            headers);
    }

    private static void Add(List<RecordHeader> headers, string name, TupleColumns row, int column)
    {
        if (column >= 0 && !row.Text(column).IsEmpty) headers.Add(new(name, row.Text(column).ToArray()));
    }

    /// <summary>Further headers, string to string; other values keep their JSON text. Ours are not overwritten: consumers read the last of a name.</summary>
    private static void AddJson(List<RecordHeader> headers, ReadOnlySpan<byte> json)
    {
        var own = headers.Count;
        var reader = new Utf8JsonReader(json, AnyDepth);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return;
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (headers.Take(own).Any(header => header.Name == property.Name)) continue;
            var text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText();
            headers.Add(new(property.Name, Encoding.UTF8.GetBytes(text)));
        }
    }

    private byte[] PositionHeader(Position position)
    {
        var header = new byte[source.Length + 1 + Position.TextLength];
        Encoding.ASCII.GetBytes(source, header);
        header[source.Length] = (byte)'@';
        position.WriteUtf8(header.AsSpan(source.Length + 1));
        return header;
    }

    private string Topic(ReadOnlySpan<byte> aggregateType)
    {
        var lookup = _topics.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> text = stackalloc char[256];
        if (aggregateType.Length <= 256 && Encoding.UTF8.TryGetChars(aggregateType, text, out var length) && lookup.TryGetValue(text[..length], out var known)) return known;
        var name = Encoding.UTF8.GetString(aggregateType);
        return _topics[name] = topicPrefix + name;
    }

    private readonly record struct Columns(
        int Id, int AggregateType, int AggregateId, int Type, int Payload, int Headers, int Traceparent, int Tenant, int OccurredAt, int StreamVersion)
    {
        public static Columns Of(Relation relation) => new(
            Required(relation, "id"), Required(relation, "aggregatetype"), Required(relation, "aggregateid"), Required(relation, "type"), Required(relation, "payload"),
            relation.IndexOf("headers"), relation.IndexOf("traceparent"), relation.IndexOf("tenant"),
            relation.IndexOf("occurred_at"), relation.IndexOf("stream_version"));

        private static int Required(Relation relation, string column) =>
            relation.IndexOf(column) is >= 0 and var index
                ? index
                : throw new InvalidOperationException($"{relation.Schema}.{relation.Name} publishes no column '{column}'. Run 'nova schema up', and publish all columns.");
    }
}
