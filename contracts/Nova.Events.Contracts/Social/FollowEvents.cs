using System.Globalization;
using System.Text.Json.Serialization;

namespace Nova.Events.Contracts.Social;

/// <summary>A user follows another.</summary>
public sealed record UserFollowed(long FollowerId, long FolloweeId) : IDomainEvent
{
    /// <summary>One aggregate for each pair, so that follow and unfollow keep their order.</summary>
    [JsonIgnore] public string AggregateId => string.Create(CultureInfo.InvariantCulture, $"{FollowerId}:{FolloweeId}");
}

/// <summary>A user no longer follows another.</summary>
public sealed record UserUnfollowed(long FollowerId, long FolloweeId) : IDomainEvent
{
    /// <summary>One aggregate for each pair, so that follow and unfollow keep their order.</summary>
    [JsonIgnore] public string AggregateId => string.Create(CultureInfo.InvariantCulture, $"{FollowerId}:{FolloweeId}");
}
