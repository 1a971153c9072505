using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Parking;

namespace Nova.Events.Relay.Routing;

/// <summary>
/// Makes the Kafka record of an outbox message, as Debezium's outbox event router does: topic from the aggregate type, key from the aggregate id,
/// value from the payload, <c>id</c> and <c>eventType</c> as headers.
/// </summary>
internal sealed class OutboxRouter(RelayOptions options)
{
    private readonly byte[] _source = Encoding.ASCII.GetBytes(options.Source + "@");
    private readonly RouteTable _routes = new(options);
    private readonly CloudEventHeaders? _cloudEvents = options.CloudEvents ? new CloudEventHeaders(options) : null;

    /// <summary>Where the message goes.</summary>
    /// <exception cref="PoisonException">Its aggregate type names no topic.</exception>
    public Route RouteOf(scoped in OutboxRow row) => _routes.Of(row.AggregateType);

    /// <summary>Puts the record of <paramref name="row"/> together; without a position it has no such header.</summary>
    /// <exception cref="PoisonException">The message is not what the outbox takes.</exception>
    public void Build(scoped in OutboxRow row, Position? position, RecordBuilder record)
    {
        record.Clear();
        record.SetKey(row.AggregateId);
        record.AddHeader("id"u8, row.Id);
        record.AddHeader("eventType"u8, row.Type);
        if (position is { } known) PositionHeader.AddTo(record, _source, known);
        if (!row.Traceparent.IsEmpty) record.AddHeader("traceparent"u8, row.Traceparent);
        if (!row.Tenant.IsEmpty) record.AddHeader("tenant"u8, row.Tenant);
        Span<byte> time = stackalloc byte[row.OccurredAt.IsEmpty ? 0 : PostgresTimestamp.Length];
        if (!row.OccurredAt.IsEmpty)
        {
            WriteTime(row, time);
            record.AddHeader("occurred-at"u8, time);
        }

        if (!row.StreamVersion.IsEmpty) record.AddHeader("stream-version"u8, row.StreamVersion);
        _cloudEvents?.AddTo(record, row, time);
        HeaderJson.AddTo(record, row.Headers);
        if (row.HasPayload) record.SetValue(row.Payload);
    }

    /// <summary>The route of a parked record to the topic that it was for.</summary>
    public Route RouteTo(string topic) => _routes.To(topic);

    /// <summary>Puts a parked record together, to be published at <paramref name="position"/>.</summary>
    public void Build(ParkedRecord parked, Position position, RecordBuilder record)
    {
        record.Clear();
        if (parked.RecordKey is { } key) record.SetKey(key);
        if (parked.Value is { } value) record.SetValue(value);
        foreach (var header in parked.Headers) record.AddHeader(Encoding.UTF8.GetBytes(header.Name), header.Value);
        PositionHeader.AddTo(record, _source, position);
        record.AddHeader("original-position"u8, Encoding.ASCII.GetBytes((parked.Position with { Position = parked.Place }).ToString()));
    }

    private static void WriteTime(scoped in OutboxRow row, Span<byte> time)
    {
        try
        {
            PostgresTimestamp.WriteIso8601(row.OccurredAt, row.FromTable, time);
        }
        catch (FormatException exception)
        {
            throw new PoisonException(PoisonKind.Undecodable, $"its occurred_at is wrong: {exception.Message}");
        }
    }
}
