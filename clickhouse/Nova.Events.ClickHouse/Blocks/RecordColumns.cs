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

    public void Write(RecordView record, in RecordFields fields)
    {
        _tenant.Values.WriteString(fields.Tenant);
        _eventType.Values.WriteString(fields.EventType);
        _eventId.Values.WriteUuid(fields.EventId);
        _traceparent.Values.WriteString(fields.Traceparent);
        _topic.Values.WriteString(record.Topic);
        _partition.Values.WriteInt32(record.Partition);
        _offset.Values.WriteInt64(record.Offset);
        _timestamp.Values.WriteInt64(record.TimestampMilliseconds);
        _source.Values.WriteString(fields.Source);
        _position.Values.WriteUInt128(fields.Source.IsEmpty ? 0 : fields.Position.ToUInt128());
    }

    /// <summary>Microseconds since 1970, for DateTime64(6).</summary>
    public static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond;

    /// <summary>DateTime64 holds the years 1900 to 2299.</summary>
    public static bool IsInRange(DateTimeOffset time) => time.UtcDateTime.Year is >= 1900 and < 2300;
}
