namespace Nova.Events.ClickHouse.Discovery;

/// <summary>The queries beside this file.</summary>
internal static class DiscoveryQueries
{
    public static string HotPosts { get; } = Read("hot_posts");

    public static string SuggestedUsers { get; } = Read("suggested_users");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(DiscoveryQueries).Assembly.GetManifestResourceStream("Discovery/" + name)!);
        return reader.ReadToEnd();
    }
}
