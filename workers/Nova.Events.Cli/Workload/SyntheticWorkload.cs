namespace Nova.Events.Cli.Workload;

/// <summary>An endless social day: few authors and posts get most of the attention (Zipf), everybody views, some like, fewer comment.</summary>
internal static class SyntheticWorkload
{
    private const int Users = 20_000;
    private const int RecentPosts = 5_000;

    /// <summary>Shares of the actions in percent; what is left are views.</summary>
    private static readonly (ActionKind Kind, int Percent)[] Mix =
    [
        (ActionKind.Publish, 8), (ActionKind.Edit, 2), (ActionKind.Like, 28), (ActionKind.Unlike, 2), (ActionKind.Comment, 12),
        (ActionKind.Follow, 10), (ActionKind.ChangePreferences, 3), (ActionKind.Impression, 15), (ActionKind.Share, 2),
    ];

    /// <summary>The actions; the same for the same seed and ledger.</summary>
    public static IEnumerable<SocialAction> Actions(PostLedger posts, int seed)
    {
        var random = new Random(seed);
        var popularity = new Zipf(Users, 1.05);
        var freshness = new Zipf(RecentPosts, 0.9);
        while (true)
        {
            var kind = posts.Count < 50 ? ActionKind.Publish : Kind(random.Next(100));
            var user = 1 + random.NextInt64(Users);
            var author = 1 + popularity.Next(random);
            yield return kind switch
            {
                ActionKind.Publish => posts.Publish(author),
                ActionKind.Follow => new SocialAction(kind, user, 0, author),
                ActionKind.ChangePreferences => new SocialAction(kind, user, 0, user),
                _ => OnPost(kind, user, posts.Newest(freshness.Next(random))),
            };
        }
    }

    private static SocialAction OnPost(ActionKind kind, long user, (long PostId, long AuthorId) post) =>
        new(kind, kind == ActionKind.Edit ? post.AuthorId : user, post.PostId, post.AuthorId);

    private static ActionKind Kind(int percent)
    {
        foreach (var (kind, share) in Mix)
        {
            if (percent < share) return kind;
            percent -= share;
        }

        return ActionKind.View;
    }
}
