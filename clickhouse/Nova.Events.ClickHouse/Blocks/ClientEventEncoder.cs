using System.Text;
using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>Client events into <c>events_raw</c>. An event type that is not one of <paramref name="eventTypes"/> is refused.</summary>
/// <param name="eventTypes">Event types that are taken.</param>
public sealed class ClientEventEncoder(IEnumerable<string> eventTypes) : RowEncoder
{
    private readonly byte[][] _eventTypes = [.. eventTypes.Select(Encoding.UTF8.GetBytes)];

    internal override IRowBlock NewBlock() => new ClientEventBlock(_eventTypes);

    private sealed class ClientEventBlock : IRowBlock
    {
        private readonly byte[][] _eventTypes;
        private readonly RecordColumns _record = new();
        private readonly NativeColumn _userId = new("user_id", "Int64");
        private readonly NativeColumn _postId = new("post_id", "Int64");
        private readonly NativeColumn _authorId = new("author_id", "Int64");
        private readonly NativeColumn _occurredAt = new("occurred_at", "DateTime64(6, 'UTC')");

        public ClientEventBlock(byte[][] eventTypes) =>
            (_eventTypes, Block) = (eventTypes, new([.. _record.All, _userId, _postId, _authorId, _occurredAt]));

        public NativeBlock Block { get; }

        public string? TryWrite(RecordView record)
        {
            if (RecordFields.Read(record, out var fields) is { } reason) return reason;
            if (!IsTaken(fields.EventType)) return "The event type is not one of the client events.";
            if (record.IsTombstone) return "A client event has no tombstone.";
            if (!ClientEventMembers.TryRead(record.Value, out var members)) return "The payload is not a client event in JSON.";
            if (!RecordColumns.IsInRange(members.OccurredAt)) return "The client event's time is out of range.";
            _record.Write(record, fields);
            _userId.Values.WriteInt64(members.UserId);
            _postId.Values.WriteInt64(members.PostId);
            _authorId.Values.WriteInt64(members.AuthorId);
            _occurredAt.Values.WriteInt64(RecordColumns.Microseconds(members.OccurredAt));
            Block.EndRow();
            return null;
        }

        private bool IsTaken(ReadOnlySpan<byte> eventType)
        {
            foreach (var taken in _eventTypes)
                if (eventType.SequenceEqual(taken)) return true;
            return false;
        }
    }
}
