using System.Globalization;
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

        public DomainEventBlock() => Block = new([.. _record.All, _aggregateType, _aggregateId, _payload, _headers, _occurredAt, _streamVersion]);

        public NativeBlock Block { get; }

        public string? TryWrite(RecordView record)
        {
            if (_record.TryWrite(record) is { } reason) return reason;
            if (!record.IsTombstone && !IsJson(record.Value)) return "The payload is not JSON.";
            if (!TryOccurredAt(record, out var occurredAt)) return "The occurred-at header is not an ISO 8601 time.";
            if (!TryStreamVersion(record, out var streamVersion)) return "The stream-version header is not a number.";

            var aggregateType = record.Topic.StartsWith(Topics.OutboxPrefix, StringComparison.Ordinal) ? record.Topic[Topics.OutboxPrefix.Length..] : record.Topic;
            _aggregateType.Values.WriteString(aggregateType);
            _aggregateId.Values.WriteString(record.Key);
            _payload.Values.WriteString(record.Value);
            foreach (var header in record.Headers)
                if (!IsOwnColumn(header.Name)) _headers.AddEntry(header.Name, header.Value);
            _headers.EndMap();
            _occurredAt.Values.WriteInt64(RecordColumns.Microseconds(occurredAt));
            _streamVersion.Values.WriteInt64(streamVersion);
            return null;
        }

        private static bool IsOwnColumn(ReadOnlySpan<byte> name) =>
            name.SequenceEqual("id"u8) || name.SequenceEqual("eventType"u8) || name.SequenceEqual("position"u8) || name.SequenceEqual("occurred-at"u8)
            || name.SequenceEqual("traceparent"u8) || name.SequenceEqual("tenant"u8) || name.SequenceEqual("stream-version"u8);

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

        // DateTime64 holds the years 1900 to 2299.
        private static bool TryOccurredAt(RecordView record, out DateTimeOffset occurredAt)
        {
            occurredAt = record.Timestamp;
            return !record.TryGetHeader(HeaderNames.OccurredAt, out _)
                || (DateTimeOffset.TryParse(
                        record.Header(HeaderNames.OccurredAt), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out occurredAt)
                    && occurredAt.Year is >= 1900 and < 2300);
        }

        private static bool TryStreamVersion(RecordView record, out long version)
        {
            version = 0;
            return !record.TryGetHeader(HeaderNames.StreamVersion, out var header)
                || long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out version);
        }
    }
}
