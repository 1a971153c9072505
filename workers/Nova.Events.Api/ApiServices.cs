using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nova.Events.Api.Discover;
using Nova.Events.Api.Events;
using Nova.Events.Api.Feed;
using Nova.Events.Api.Http;
using Nova.Events.Api.Preferences;
using Nova.Events.Api.Sources;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Discovery;
using Nova.Events.Hosting.Options;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Redis;
using Npgsql;

namespace Nova.Events.Api;

/// <summary>The role <c>api</c>: event intake, feed, suggestions, preferences.</summary>
public static class ApiServices
{
    /// <summary>Registers the role; <see cref="MapNovaApi"/> maps its endpoints.</summary>
    public static IServiceCollection AddNovaApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddNovaOptions<ApiOptions>(configuration, ApiOptions.Section);
        services.AddNovaOptions<RedisOptions>(configuration, RedisOptions.Section);
        services.AddNovaOptions<KafkaOptions>(configuration, KafkaOptions.Section);
        services.AddNovaOptions<ClickHouseOptions>(configuration, ClickHouseOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new ClickHouseClient(provider.GetRequiredService<IOptions<ClickHouseOptions>>().Value));
        services.TryAddSingleton<HotPosts>();
        services.TryAddSingleton<SuggestedUsers>();
        services.AddNovaRedis();
        return services.AddEndpoints().AddWeb();
    }

    /// <summary>Maps <c>/api/v1</c> and <c>/openapi/v1.json</c>.</summary>
    public static void MapNovaApi(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal), branch =>
        {
            branch.UseMiddleware<RequestLog>();
            branch.UseExceptionHandler();
            branch.UseStatusCodePages();
        });
        app.MapOpenApi("/openapi/{documentName}.json");
        var api = app.MapGroup("/api/v1").AddEndpointFilter(TenantHeader.RequireValidAsync);
        api.MapEvents();
        api.MapFeed();
        api.MapDiscover();
        api.MapPreferences();
    }

    private static IServiceCollection AddEndpoints(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new RecordPublisher(
            provider.GetRequiredService<IOptions<KafkaOptions>>().Value, provider.GetRequiredService<IOptions<ApiOptions>>().Value.PublishTimeout));
        services.TryAddSingleton<PublishClientEvent>(provider => provider.GetRequiredService<RecordPublisher>().PublishAsync);
        services.AddSingleton<EventReading>();
        services.AddSingleton<EventPublishing>();
        services.AddSingleton<ReadSources>();
        services.AddSingleton<HotFeed>();
        services.AddSingleton<SuggestionReading>();
        services.AddKeyedSingleton(ApiOptions.Section, (provider, _) => NpgsqlDataSource.Create(provider.GetRequiredService<IOptions<ApiOptions>>().Value.ConnectionString));
        services.AddSingleton(provider => new PreferencesStore(provider.GetRequiredKeyedService<NpgsqlDataSource>(ApiOptions.Section)));
        services.AddSingleton<PreferencesReading>();
        return services;
    }

    private static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<ExceptionAnswers>();
        services.AddOpenApi("v1");
        return services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        });
    }
}
