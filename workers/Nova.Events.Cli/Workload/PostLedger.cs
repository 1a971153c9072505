namespace Nova.Events.Cli.Workload;

/// <summary>The posts that a workload knows, newest last, and the next free ids.</summary>
internal sealed class PostLedger(long lastPostId, IEnumerable<(long PostId, long AuthorId)> recent)
{
    private readonly List<(long PostId, long AuthorId)> _posts = [.. recent];
    private readonly Dictionary<long, (long PostId, int Used)> _newestOfAuthor = [];
    private long _lastPostId = lastPostId;

    public int Count => _posts.Count;

    /// <summary>A new post of an author.</summary>
    public SocialAction Publish(long authorId)
    {
        var postId = ++_lastPostId;
        _posts.Add((postId, authorId));
        _newestOfAuthor[authorId] = (postId, 0);
        return new SocialAction(ActionKind.Publish, authorId, postId, authorId);
    }

    /// <summary>The post that stands <paramref name="age"/> places before the newest.</summary>
    public (long PostId, long AuthorId) Newest(int age) => _posts[Math.Max(0, _posts.Count - 1 - age)];

    /// <summary>The newest post of an author, if it was used less than <paramref name="limit"/> times; counts the use.</summary>
    public bool TryUse(long authorId, int limit, out long postId)
    {
        (postId, var used) = _newestOfAuthor.GetValueOrDefault(authorId);
        if (postId == 0 || used >= limit) return false;
        _newestOfAuthor[authorId] = (postId, used + 1);
        return true;
    }
}
