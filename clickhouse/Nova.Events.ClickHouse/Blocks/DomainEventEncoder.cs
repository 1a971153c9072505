using System.Globalization;
using System.Text;
using System.Text.Json;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>
/// Domain events into <c>outbox_events</c>. An event type that nobody registered is kept: the table is the audit trail. A tombstone is kept with an empty
/// payload. A payload that is not JSON is refused.
/// </summary>
public sealed class DomainEventEncoder : RowEncoder
{
    internal override IRowBlock NewBlock() => new DomainEventBlock();

    private sealed class DomainEventBlock : IRowBlock
    {
        private readonly RecordColumns _record = new();
        private readonly NativeColumn _aggregateType = new("aggregate_type", "String");
        private readonly NativeColumn _aggregateId = new("aggregate_id", "String");
        private readonly NativeColumn _payload = new("payload", "String");
        private readonly NativeColumn _headers = new("headers", "Map(String, String)");
        private readonly NativeColumn _occurredAt = new("occurred_at", "DateTime64(6, 'UTC')");
        private readonly NativeColumn _streamVersion = new("stream_version", "Int64");
        private string _topic = "";
        private string _aggregate = "";

        public DomainEventBlock() => Block = new([.. _record.All, _aggregateType, _aggregateId, _payload, _headers, _occurredAt, _streamVersion]);

        public NativeBlock Block { get; }

        public string? TryWrite(RecordView record)
        {
            if (RecordFields.Read(record, out var fields) is { } reason) return reason;
            if (!record.IsTombstone && !IsJson(record.Value)) return "The payload is not JSON.";
            if (!TryOccurredAt(record, fields, out var occurredAt)) return "The occurred-at header is not an ISO 8601 time.";
            if (!TryStreamVersion(fields, out var streamVersion)) return "The stream-version header is not a number.";
            _record.Write(record, fields);
            _aggregateType.Values.WriteString(AggregateTypeOf(record.Topic));
            _aggregateId.Values.WriteString(record.Key);
            _payload.Values.WriteString(record.Value);
            foreach (var header in record.Headers)
                if (!RecordFields.IsColumn(header.Name)) _headers.AddEntry(header.Name, header.Value);
            _headers.EndMap();
            _occurredAt.Values.WriteInt64(RecordColumns.Microseconds(occurredAt));
            _streamVersion.Values.WriteInt64(streamVersion);
            Block.EndRow();
            return null;
        }

        // A block has one topic, but for redriven records.
        private string AggregateTypeOf(string topic)
        {
            if (ReferenceEquals(topic, _topic)) return _aggregate;
            (_topic, _aggregate) = (topic, topic.StartsWith(Topics.OutboxPrefix, StringComparison.Ordinal) ? topic[Topics.OutboxPrefix.Length..] : topic);
            return _aggregate;
        }

        private static bool IsJson(ReadOnlySpan<byte> value)
        {
            try
            {
                var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = int.MaxValue });
                while (reader.Read()) continue;
                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }

        private static bool TryOccurredAt(RecordView record, in RecordFields fields, out DateTimeOffset occurredAt)
        {
            occurredAt = record.Timestamp;
            if (!fields.HasOccurredAt) return true;
            return (UtcText.TryParse(fields.OccurredAt, out occurredAt) || TryAnyForm(fields.OccurredAt, out occurredAt)) && RecordColumns.IsInRange(occurredAt);
        }

        private static bool TryAnyForm(ReadOnlySpan<byte> text, out DateTimeOffset time) => DateTimeOffset.TryParse(
            Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

        private static bool TryStreamVersion(in RecordFields fields, out long version)
        {
            version = 0;
            return !fields.HasStreamVersion || long.TryParse(fields.StreamVersion, NumberStyles.None, CultureInfo.InvariantCulture, out version);
        }
    }
}
