using System.Globalization;
using System.Text.Json.Serialization;

namespace Nova.Events.Contracts.Social;

/// <summary>A user commented on a post.</summary>
public sealed record CommentAdded(long CommentId, long PostId, long PostAuthorId, long UserId, string Text) : IDomainEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public string AggregateId => CommentId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A comment was taken away.</summary>
public sealed record CommentDeleted(long CommentId, long PostId, long PostAuthorId, long UserId) : IDomainEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public string AggregateId => CommentId.ToString(CultureInfo.InvariantCulture);
}
