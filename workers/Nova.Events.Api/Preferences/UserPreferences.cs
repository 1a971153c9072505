namespace Nova.Events.Api.Preferences;

/// <summary>Preferences of a user.</summary>
/// <param name="Language">BCP 47 tag, 2 to 35 characters.</param>
/// <param name="Timezone">IANA name.</param>
/// <param name="Theme">light, dark or system.</param>
/// <param name="BlockedUsers">Users whose posts are not shown, ascending.</param>
/// <param name="Interests">What the user cares about, in alphabetical order.</param>
internal sealed record UserPreferences(
    string Language, string Timezone, string Theme, IReadOnlyList<long> BlockedUsers, IReadOnlyList<string> Interests)
{
    /// <summary>What a user has who never chose anything; version 0.</summary>
    public static UserPreferences Default { get; } = new("en", "UTC", "system", [], []);
}

/// <summary>Preferences as of a version.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Version">0 before the first change; grows by one with each.</param>
/// <param name="Preferences">The preferences.</param>
internal sealed record VersionedPreferences(long UserId, long Version, UserPreferences Preferences);
