namespace Nova.Events.Contracts.Social;

/// <summary>Something that a client saw or did; read from topic <see cref="Topics.ClientEvents"/>, key = user id.</summary>
/// <param name="UserId">Who.</param>
/// <param name="PostId">The post that was seen, liked or shared.</param>
/// <param name="AuthorId">Author of the post; 0 where the client doesn't know.</param>
/// <param name="OccurredAt">When, by the client's clock, clamped by the intake to −7 days … +5 minutes.</param>
public sealed record ClientEvent(long UserId, long PostId, long AuthorId, DateTimeOffset OccurredAt);

/// <summary>The event types of <see cref="Topics.ClientEvents"/>.</summary>
public static class ClientEventTypes
{
    /// <summary>A post was on the screen.</summary>
    public const string Impression = "impression";

    /// <summary>A post was opened.</summary>
    public const string View = "view";

    /// <summary>A post was liked, as the client saw it; the truth about likes is <see cref="PostLiked"/>.</summary>
    public const string Like = "like";

    /// <summary>A post was shared.</summary>
    public const string Share = "share";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Impression, View, Like, Share];
}
