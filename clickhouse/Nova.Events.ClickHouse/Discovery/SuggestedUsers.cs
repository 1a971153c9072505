using System.Text.Json;

namespace Nova.Events.ClickHouse.Discovery;

/// <summary>Whom users may want to follow, by what those follow who follow the same users (collaborative filtering), then by popularity.</summary>
public sealed class SuggestedUsers(ClickHouseClient client)
{
    /// <summary>Suggestions of the users who were active since <paramref name="activeSince"/>, user by user, best first.</summary>
    /// <param name="activeSince">An event since then makes a user active.</param>
    /// <param name="maxUsers">Most users of a tenant; the latest active ones.</param>
    /// <param name="take">Most suggestions of a user.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClickHouseException">ClickHouse does not answer.</exception>
    public IAsyncEnumerable<SuggestedUserRow> OfActiveUsersAsync(DateTimeOffset activeSince, int maxUsers, int take, CancellationToken cancellationToken) =>
        client.StreamAsync(DiscoveryQueries.SuggestedUsers, Map, Parameters("", 0, activeSince, maxUsers, take), cancellationToken);

    /// <summary>Suggestions of one user, best first.</summary>
    /// <exception cref="ClickHouseException">ClickHouse does not answer.</exception>
    public Task<IReadOnlyList<SuggestedUserRow>> OfUserAsync(string tenant, long userId, int take, CancellationToken cancellationToken) =>
        client.QueryAsync(DiscoveryQueries.SuggestedUsers, Map, Parameters(tenant, userId, DateTimeOffset.UnixEpoch, 1, take), cancellationToken);

    private static Dictionary<string, object> Parameters(string tenant, long userId, DateTimeOffset activeSince, int maxUsers, int take) => new(StringComparer.Ordinal)
    {
        ["tenant"] = tenant,
        ["user_id"] = userId,
        ["active_since"] = activeSince.ToUnixTimeSeconds(),
        ["max_users"] = maxUsers,
        ["take"] = take,
        ["max_followers"] = 200,
        ["max_signals"] = 50,
        ["max_pairs"] = 100,
        ["max_popular"] = 2 * take,
    };

    private static SuggestedUserRow Map(JsonElement row) => new(
        row.GetProperty("tenant").GetString()!,
        row.GetProperty("user_id").GetInt64(),
        row.GetProperty("candidate").GetInt64(),
        row.GetProperty("paths").GetInt64(),
        row.GetProperty("shared").GetInt64(),
        row.GetProperty("followers").GetInt64());
}

/// <summary>A user who is suggested to another, and why.</summary>
/// <param name="Tenant">Tenant.</param>
/// <param name="UserId">To whom.</param>
/// <param name="Candidate">Who is suggested.</param>
/// <param name="Paths">Over all users that <paramref name="UserId"/> follows: how many people follow both that user and the candidate.</param>
/// <param name="Shared">How many of the users that <paramref name="UserId"/> follows share followers with the candidate.</param>
/// <param name="Followers">Followers of a popular candidate; 0 where the candidate is not among the most followed.</param>
public readonly record struct SuggestedUserRow(string Tenant, long UserId, long Candidate, long Paths, long Shared, long Followers)
{
    /// <summary>Higher is better: the paths, or less than 1 for a candidate who is merely popular.</summary>
    public double Score => Paths > 0 ? Paths : Math.Round(Followers / (1.0 + Followers), 6);

    /// <summary>Why, in one sentence for the reader.</summary>
    public string Reason => Paths == 0
        ? $"Popular: followed by {Count(Followers, "user")}"
        : $"Followed by people who follow {Count(Shared, "user")} that you follow";

    private static string Count(long count, string noun) => FormattableString.Invariant($"{count} {noun}{(count == 1 ? "" : "s")}");
}
