using System.Globalization;

namespace Nova.Events.Redis;

/// <summary>Key names; a tenant's keys begin with <c>tenant:</c>, those of the only tenant with nothing.</summary>
public static class RedisKeys
{
    /// <summary>Longest tenant.</summary>
    public const int MaxTenantLength = 64;

    /// <summary>Posts by the engagement of the last hour.</summary>
    public static string HotPosts(string tenant) => Of(tenant, "hot:posts:1h");

    /// <summary>Users that user <paramref name="userId"/> may want to follow.</summary>
    public static string SuggestedUsers(string tenant, long userId) => Of(tenant, string.Create(CultureInfo.InvariantCulture, $"suggest:users:{userId}"));

    /// <summary>Preferences of a user.</summary>
    public static string UserPreferences(string tenant, long userId) => Of(tenant, string.Create(CultureInfo.InvariantCulture, $"user_prefs:{userId}"));

    /// <summary>True for a name that may stand before the colon: letters, digits, <c>-</c>, <c>_</c>, <c>.</c>; empty for the only tenant.</summary>
    public static bool IsValidTenant(ReadOnlySpan<char> tenant)
    {
        if (tenant.Length > MaxTenantLength) return false;
        foreach (var c in tenant)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        return true;
    }

    /// <summary>
    /// A key beside <paramref name="key"/>. The braces put both into one slot of a cluster, so that one script may touch them.
    /// </summary>
    internal static string Beside(string key, string what) => $"{{{key}}}:{what}";

    private static string Of(string tenant, string key)
    {
        if (!IsValidTenant(tenant)) throw new ArgumentException($"A tenant has at most {MaxTenantLength} letters, digits, '-', '_' or '.'.", nameof(tenant));
        return tenant.Length == 0 ? key : $"{tenant}:{key}";
    }
}
