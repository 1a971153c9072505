namespace Nova.Events.Redis;

/// <summary>Names of the caches on metrics; a key without its tenant and ids.</summary>
public static class CacheNames
{
    /// <summary>Posts by the engagement of the last hour.</summary>
    public const string HotPosts = "hot:posts:1h";

    /// <summary>Suggested users.</summary>
    public const string SuggestedUsers = "suggest:users";

    /// <summary>Preferences of users.</summary>
    public const string UserPreferences = "user_prefs";
}
