namespace Nova.Events.Contracts;

/// <summary>Aggregate types of the social domain; each routes to <see cref="Topics.ForAggregate"/>.</summary>
public static class AggregateTypes
{
    /// <summary>Posts, keyed by post id.</summary>
    public const string Post = "post";

    /// <summary>Comments, keyed by comment id.</summary>
    public const string Comment = "comment";

    /// <summary>Likes, keyed by post and user.</summary>
    public const string Like = "like";

    /// <summary>Follows, keyed by follower and followee.</summary>
    public const string Follow = "follow";

    /// <summary>User preferences, keyed by user id.</summary>
    public const string UserPreferences = "user_preferences";

    /// <summary>Live streams, keyed by stream id.</summary>
    public const string Stream = "stream";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Post, Comment, Like, Follow, UserPreferences, Stream];
}
