using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Nova.Events.Cli.Up;

/// <summary>Whether readers are served from what was written: asked of the API, as a reader would.</summary>
/// <param name="HotPosts">Posts on the first page of the feed.</param>
/// <param name="Asked">Users that were asked for: those who follow most.</param>
/// <param name="Suggested">Those of them who got suggestions.</param>
internal sealed record Freshness(int HotPosts, int Asked, int Suggested)
{
    private const int Users = 20;

    public bool Filled => HotPosts > 0 && Suggested == Asked && Asked > 0;

    public static async Task<Freshness> AskAsync(HttpClient api, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var users = new List<long>();
        await using var command = dataSource.CreateCommand($"SELECT follower_id FROM follows WHERE tenant = '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {Users}");
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken)) users.Add(reader.GetInt64(0));
        var suggested = 0;
        foreach (var user in users)
            if (await CountAsync(api, $"/api/v1/discover/suggested-users?user_id={user.ToString(CultureInfo.InvariantCulture)}", cancellationToken) > 0) suggested++;
        return new Freshness(await CountAsync(api, "/api/v1/feed?user_id=1&offset=0&limit=50", cancellationToken), users.Count, suggested);
    }

    /// <summary>Items of the one list in the answer.</summary>
    private static async Task<int> CountAsync(HttpClient api, string path, CancellationToken cancellationToken)
    {
        using var response = await api.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        if (!response.IsSuccessStatusCode) return 0;
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
        return (answer as JsonObject)?.Select(property => property.Value).OfType<JsonArray>().FirstOrDefault()?.Count ?? 0;
    }
}
