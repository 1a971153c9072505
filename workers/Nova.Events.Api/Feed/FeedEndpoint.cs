using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Nova.Events.Api.Http;

namespace Nova.Events.Api.Feed;

/// <summary>The feed.</summary>
internal static class FeedEndpoint
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    public static void MapFeed(this IEndpointRouteBuilder api) => api.MapGet("/feed", GetAsync)
        .WithName("GetFeed")
        .WithSummary("A page of the feed; X-Cache says hit, stale or miss.")
        .Produces<FeedPage>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> GetAsync(
        HttpContext context, [FromHeader(Name = TenantHeader.Name)] string? tenant, HotFeed feed, CancellationToken cancellationToken,
        [FromQuery(Name = "user_id")] long userId, int offset = 0, int limit = DefaultLimit)
    {
        if (userId <= 0) return Problems.Invalid("user_id must be above 0.");
        if (offset < 0) return Problems.Invalid("offset must not be below 0.");
        if (limit is < 1 or > MaxLimit) return Problems.Invalid($"limit takes 1 to {MaxLimit}.");
        var (page, result) = await feed.ReadAsync(tenant ?? "", offset, limit, cancellationToken);
        context.Response.Headers[CacheResult.HeaderName] = result;
        return Results.Json(page, ApiJson.Default.FeedPage);
    }
}
