using System.Text.Json;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>A client event's members, read from its JSON without an object; as the serializer reads them: unknown ones are skipped, of repeated ones the last counts.</summary>
internal struct ClientEventMembers
{
    private long _userId;
    private long _postId;
    private long _authorId;
    private DateTimeOffset _occurredAt;

    public readonly long UserId => _userId;

    public readonly long PostId => _postId;

    public readonly long AuthorId => _authorId;

    public readonly DateTimeOffset OccurredAt => _occurredAt;

    /// <summary>False where it is no client event.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out ClientEventMembers members)
    {
        members = default;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                if (!members.TryTake(ref reader)) return false;
            // Throws where something follows.
            return !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter for escapes that are no text, which the serializer makes the former of.
            return false;
        }
    }

    private bool TryTake(ref Utf8JsonReader reader)
    {
        var member = NameOf(ref reader);
        reader.Read();
        switch (member)
        {
            case Member.UserId: return TryInt64(ref reader, ref _userId);
            case Member.PostId: return TryInt64(ref reader, ref _postId);
            case Member.AuthorId: return TryInt64(ref reader, ref _authorId);
            case Member.OccurredAt: return reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out _occurredAt);
            default: reader.Skip(); return true;
        }
    }

    private static bool TryInt64(ref Utf8JsonReader reader, ref long member) => reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out member);

    private static Member NameOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("user_id"u8) ? Member.UserId
        : reader.ValueTextEquals("post_id"u8) ? Member.PostId
        : reader.ValueTextEquals("author_id"u8) ? Member.AuthorId
        : reader.ValueTextEquals("occurred_at"u8) ? Member.OccurredAt
        : Member.Other;

    private enum Member
    {
        Other,
        UserId,
        PostId,
        AuthorId,
        OccurredAt,
    }
}
