using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Nova.Events.Api.Feed;
using Nova.Events.Api.Http;
using Nova.Events.Redis;

namespace Nova.Events.Api.Discover;

/// <summary>Whom to follow.</summary>
internal static class DiscoverEndpoint
{
    public static void MapDiscover(this IEndpointRouteBuilder api) => api.MapGet("/discover/suggested-users", GetAsync)
        .WithName("GetSuggestedUsers")
        .WithSummary("At most 20 users that a user may want to follow, each with the reason; X-Cache says hit, stale or miss.")
        .Produces<SuggestedUsersAnswer>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> GetAsync(
        HttpContext context, [FromHeader(Name = TenantHeader.Name)] string? tenant, SuggestionReading reading,
        [FromQuery(Name = "user_id")] long userId, CancellationToken cancellationToken)
    {
        if (userId <= 0) return Problems.Invalid("user_id must be above 0.");
        var (list, result) = await reading.ReadAsync(tenant ?? "", userId, cancellationToken);
        context.Response.Headers[CacheResult.HeaderName] = result;
        return Results.Json(new SuggestedUsersAnswer(userId, list.BuiltAt, list.Users), ApiJson.Default.SuggestedUsersAnswer);
    }
}

/// <summary>Users that somebody may want to follow.</summary>
/// <param name="UserId">To whom they are suggested.</param>
/// <param name="BuiltAt">When the list was built.</param>
/// <param name="Users">Best first.</param>
internal sealed record SuggestedUsersAnswer(long UserId, DateTimeOffset BuiltAt, IReadOnlyList<SuggestedUser> Users);
