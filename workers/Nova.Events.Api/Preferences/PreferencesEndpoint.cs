using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Nova.Events.Api.Feed;
using Nova.Events.Api.Http;

namespace Nova.Events.Api.Preferences;

/// <summary>Preferences of a user.</summary>
internal static class PreferencesEndpoint
{
    private const string Route = "/users/{id:long:min(1)}/preferences";

    public static void MapPreferences(this IEndpointRouteBuilder api)
    {
        api.MapGet(Route, GetAsync)
            .WithName("GetPreferences")
            .WithSummary("A user's preferences and their version; X-Cache says hit or miss.")
            .Produces<VersionedPreferences>()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapPut(Route, PutAsync)
            .WithName("PutPreferences")
            .WithSummary("Replaces a user's preferences; answers with the new version.")
            .Produces<VersionedPreferences>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> GetAsync(
        long id, HttpContext context, [FromHeader(Name = TenantHeader.Name)] string? tenant, PreferencesReading reading, CancellationToken cancellationToken)
    {
        var (preferences, result) = await reading.ReadAsync(tenant ?? "", id, cancellationToken);
        context.Response.Headers[CacheResult.HeaderName] = result;
        return Results.Json(preferences, ApiJson.Default.VersionedPreferences);
    }

    private static async Task<IResult> PutAsync(
        long id, [FromBody] PreferencesRequest request, [FromHeader(Name = TenantHeader.Name)] string? tenant, PreferencesStore store,
        PreferencesReading reading, CancellationToken cancellationToken)
    {
        if (request.Check(id, out var problem) is not { } preferences) return Problems.Invalid(problem);
        var saved = await store.SaveAsync(tenant ?? "", id, preferences, cancellationToken);
        // The writer sees its own write; everybody else's cache is covered by the event.
        await reading.KeepAsync(tenant ?? "", saved, cancellationToken);
        return Results.Json(saved, ApiJson.Default.VersionedPreferences);
    }
}
