using Microsoft.Extensions.Options;
using Nova.Events.ClickHouse.Discovery;
using Nova.Events.Redis;

namespace Nova.Events.CacheProjector.Building;

/// <summary>Rebuilds the suggestions of active users, streaming: memory holds one chunk of users, however many there are.</summary>
internal sealed class SuggestionsBuild(SuggestedUsers suggestedUsers, SuggestionLists lists, IOptions<CacheProjectorOptions> options, TimeProvider time) : IListBuild
{
    private const int UsersPerWrite = 200;

    public string Name => "suggestions";

    public async Task<BuildCounts> BuildAsync(LeaseGrant lease, CancellationToken cancellationToken)
    {
        var builtAt = time.GetUtcNow();
        var counts = new BuildCounts(0, 0, 0, IsComplete: true);
        var chunk = new List<UserSuggestions>(UsersPerWrite);
        string? lastTenant = null;
        await foreach (var user in UsersAsync(builtAt, cancellationToken))
        {
            chunk.Add(user);
            counts = counts with
            {
                Tenants = counts.Tenants + (user.Tenant == lastTenant ? 0 : 1), Lists = counts.Lists + 1, Items = counts.Items + user.List.Users.Count,
            };
            lastTenant = user.Tenant;
            if (chunk.Count < UsersPerWrite) continue;
            if (!await WriteAsync(lease, chunk, cancellationToken)) return counts with { IsComplete = false };
        }

        return await WriteAsync(lease, chunk, cancellationToken) ? counts : counts with { IsComplete = false };
    }

    private async Task<bool> WriteAsync(LeaseGrant lease, List<UserSuggestions> chunk, CancellationToken cancellationToken)
    {
        // No fence in Redis for these: a chunk that is written late holds suggestions of minutes ago, and is replaced by the next build.
        if (!lease.IsHeld) return false;
        await lists.WriteAsync(chunk, options.Value.SuggestionsTtl, cancellationToken);
        chunk.Clear();
        return true;
    }

    private async IAsyncEnumerable<UserSuggestions> UsersAsync(
        DateTimeOffset now, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string Tenant, long UserId) user = ("", 0);
        List<SuggestedUser> suggestions = [];
        var rows = suggestedUsers.OfActiveUsersAsync(now - options.Value.ActiveWithin, options.Value.MaxActiveUsers, options.Value.Suggestions, cancellationToken);
        await foreach (var row in rows)
        {
            if (suggestions.Count > 0 && user != (row.Tenant, row.UserId))
            {
                yield return new UserSuggestions(user.Tenant, user.UserId, new SuggestionList(now, suggestions));
                suggestions = [];
            }

            user = (row.Tenant, row.UserId);
            suggestions.Add(new SuggestedUser(row.Candidate, row.Score, row.Reason));
        }

        if (suggestions.Count > 0) yield return new UserSuggestions(user.Tenant, user.UserId, new SuggestionList(now, suggestions));
    }
}
