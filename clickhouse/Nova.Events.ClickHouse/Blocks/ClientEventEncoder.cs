using System.Collections.Frozen;
using System.Text.Json;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Contracts.Social;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>Client events into <c>events_raw</c>. An event type that is not one of <paramref name="eventTypes"/> is refused.</summary>
/// <param name="eventTypes">Event types that are taken.</param>
public sealed class ClientEventEncoder(IEnumerable<string> eventTypes) : RowEncoder
{
    private readonly FrozenSet<string> _eventTypes = eventTypes.ToFrozenSet(StringComparer.Ordinal);

    internal override IRowBlock NewBlock() => new ClientEventBlock(_eventTypes);

    private sealed class ClientEventBlock : IRowBlock
    {
        private readonly FrozenSet<string> _eventTypes;
        private readonly RecordColumns _record = new();
        private readonly NativeColumn _userId = new("user_id", "Int64");
        private readonly NativeColumn _postId = new("post_id", "Int64");
        private readonly NativeColumn _authorId = new("author_id", "Int64");
        private readonly NativeColumn _occurredAt = new("occurred_at", "DateTime64(6, 'UTC')");

        public ClientEventBlock(FrozenSet<string> eventTypes) =>
            (_eventTypes, Block) = (eventTypes, new([.. _record.All, _userId, _postId, _authorId, _occurredAt]));

        public NativeBlock Block { get; }

        public string? TryWrite(RecordView record)
        {
            if (_record.TryWrite(record) is { } reason) return reason;
            if (!_eventTypes.Contains(record.Header(HeaderNames.EventType)!)) return "The event type is not one of the client events.";
            if (record.IsTombstone) return "A client event has no tombstone.";
            if (Parse(record.Value) is not { } clientEvent) return "The payload is not a client event in JSON.";
            if (clientEvent.OccurredAt.Year is < 1900 or >= 2300) return "The client event's time is out of range.";
            _userId.Values.WriteInt64(clientEvent.UserId);
            _postId.Values.WriteInt64(clientEvent.PostId);
            _authorId.Values.WriteInt64(clientEvent.AuthorId);
            _occurredAt.Values.WriteInt64(RecordColumns.Microseconds(clientEvent.OccurredAt));
            return null;
        }

        private static ClientEvent? Parse(ReadOnlySpan<byte> value)
        {
            try
            {
                return JsonSerializer.Deserialize(value, EventJson.Default.ClientEvent);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
