using System.Globalization;
using System.Text.Json.Serialization;

namespace Nova.Events.Contracts.Social;

/// <summary>A user likes a post.</summary>
public sealed record PostLiked(long PostId, long PostAuthorId, long UserId) : IDomainEvent
{
    /// <summary>One aggregate for each pair of post and user, so that like and unlike keep their order.</summary>
    [JsonIgnore] public string AggregateId => string.Create(CultureInfo.InvariantCulture, $"{PostId}:{UserId}");
}

/// <summary>A user took a like back.</summary>
public sealed record PostUnliked(long PostId, long PostAuthorId, long UserId) : IDomainEvent
{
    /// <summary>One aggregate for each pair of post and user, so that like and unlike keep their order.</summary>
    [JsonIgnore] public string AggregateId => string.Create(CultureInfo.InvariantCulture, $"{PostId}:{UserId}");
}
