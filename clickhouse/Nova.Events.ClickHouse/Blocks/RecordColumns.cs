using System.Buffers.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>The columns that every raw table has: tenant, event, trace, and where the record came from.</summary>
internal sealed class RecordColumns
{
    private const long TicksPerMicrosecond = 10;
    private readonly NativeColumn _tenant = new("tenant", "String");
    private readonly NativeColumn _eventType = new("event_type", "String");
    private readonly NativeColumn _eventId = new("event_id", "UUID");
    private readonly NativeColumn _traceparent = new("traceparent", "String");
    private readonly NativeColumn _topic = new("_topic", "String");
    private readonly NativeColumn _partition = new("_partition", "Int32");
    private readonly NativeColumn _offset = new("_offset", "Int64");
    private readonly NativeColumn _timestamp = new("_timestamp", "DateTime64(3, 'UTC')");
    private readonly NativeColumn _source = new("_source", "String");
    private readonly NativeColumn _position = new("_position", "UInt128");

    public NativeColumn[] All => [_tenant, _eventType, _eventId, _traceparent, _topic, _partition, _offset, _timestamp, _source, _position];

    /// <summary>Writes them; otherwise says why not.</summary>
    public string? TryWrite(RecordView record)
    {
        if (!record.TryGetHeader(HeaderNames.Id, out var id)) return "The record has no id header.";
        if (!Utf8Parser.TryParse(id, out Guid eventId, out var read) || read != id.Length) return "The id header is not a UUID.";
        if (!record.TryGetHeader(HeaderNames.EventType, out var eventType) || eventType.IsEmpty) return "The record has no eventType header.";
        var source = default(SourcePosition);
        if (record.TryGetHeader(HeaderNames.Position, out var position) && !SourcePosition.TryParse(position, out source)) return "The position header is not a position.";

        _tenant.Values.WriteString(record.TryGetHeader(HeaderNames.Tenant, out var tenant) ? tenant : default);
        _eventType.Values.WriteString(eventType);
        _eventId.Values.WriteUuid(eventId);
        _traceparent.Values.WriteString(record.TryGetHeader(HeaderNames.Traceparent, out var traceparent) ? traceparent : default);
        _topic.Values.WriteString(record.Topic);
        _partition.Values.WriteInt32(record.Partition);
        _offset.Values.WriteInt64(record.Offset);
        _timestamp.Values.WriteInt64(record.Timestamp.ToUnixTimeMilliseconds());
        _source.Values.WriteString(source.Source ?? "");
        _position.Values.WriteUInt128(source.Source is null ? 0 : source.Position.ToUInt128());
        return null;
    }

    /// <summary>Microseconds since 1970, for DateTime64(6).</summary>
    public static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond;
}
