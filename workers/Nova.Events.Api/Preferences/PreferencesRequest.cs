namespace Nova.Events.Api.Preferences;

/// <summary>The whole of a user's preferences, as a caller puts them.</summary>
/// <param name="Language">BCP 47 tag. Required.</param>
/// <param name="Timezone">IANA name. Required.</param>
/// <param name="Theme">light, dark or system. Required.</param>
/// <param name="BlockedUsers">Users whose posts are not shown; none by default, at most 1,000.</param>
/// <param name="Interests">What the user cares about; none by default, at most 100.</param>
internal sealed record PreferencesRequest(
    string? Language, string? Timezone, string? Theme, IReadOnlyList<long>? BlockedUsers, IReadOnlyList<string>? Interests)
{
    private const int MaxBlockedUsers = 1_000;
    private const int MaxInterests = 100;

    /// <summary>The preferences, or null and what is wrong with the request.</summary>
    public UserPreferences? Check(long userId, out string problem)
    {
        var blocked = BlockedUsers ?? [];
        var interests = Interests ?? [];
        problem =
            Language is not { Length: >= 2 and <= 35 } || !Language.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? "language must be a BCP 47 tag such as 'en' or 'pt-BR'."
            : Timezone is not { Length: >= 1 and <= 64 } || !TimeZoneInfo.TryFindSystemTimeZoneById(Timezone, out _) ? "timezone must be an IANA name such as 'Europe/Berlin'."
            : Theme is not ("light" or "dark" or "system") ? "theme must be light, dark or system."
            : blocked.Count > MaxBlockedUsers || blocked.Any(id => id <= 0 || id == userId) ? $"blocked_users takes at most {MaxBlockedUsers} ids above 0 of other users."
            : interests.Count > MaxInterests || interests.Any(interest => interest is not { Length: >= 1 and <= 64 }) ? $"interests takes at most {MaxInterests} words of 1 to 64 characters."
            : "";
        return problem.Length > 0 ? null : new UserPreferences(
            Language!, Timezone!, Theme!, [.. blocked.Distinct().Order()], [.. interests.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}
