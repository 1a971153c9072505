namespace Nova.Events.Api.Feed;

/// <summary>A page of the feed.</summary>
/// <param name="Items">Posts, best first.</param>
/// <param name="Offset">Rank of the first, from 0.</param>
/// <param name="Limit">Most posts on the page.</param>
/// <param name="Total">Posts of the whole list.</param>
/// <param name="AgeSeconds">Since the list was built; 0 for one that was made for this call.</param>
internal sealed record FeedPage(IReadOnlyList<FeedItem> Items, int Offset, int Limit, long Total, double AgeSeconds);

/// <summary>A post of the feed.</summary>
/// <param name="PostId">The post.</param>
/// <param name="Score">Its rank's reason; comparable within the page.</param>
internal sealed record FeedItem(long PostId, double Score);

/// <summary>Values of the header <c>X-Cache</c>.</summary>
internal static class CacheResult
{
    public const string HeaderName = "X-Cache";

    public const string Hit = "hit";

    public const string Stale = "stale";

    public const string Miss = "miss";
}
