using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nova.Events.Hosting.Health;
using Nova.Events.Hosting.Logging;
using Nova.Events.Hosting.Metrics;

namespace Nova.Events.Hosting;

/// <summary>What every worker shares: configuration, logging, metrics, health, time, two-stage stop.</summary>
public static class NovaHost
{
    /// <summary>
    /// A host without roles yet. Configuration, later wins: <c>nova.json</c> in the working directory, environment variables
    /// <c>NOVA_SECTION__KEY</c>, <paramref name="settings"/>.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "nova" });
        builder.Configuration
            .AddJsonFile("nova.json", optional: true)
            .AddEnvironmentVariables("NOVA_")
            .AddInMemoryCollection(settings);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        builder.Services.AddNovaLogging(builder.Configuration);
        builder.Services.AddNovaMetrics();
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(host =>
        {
            // A role that cannot go on ends the process with its error; the host must not hide it.
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
            host.ShutdownTimeout = TimeSpan.FromSeconds(30);
            host.ServicesStopConcurrently = true;
        });
        return builder;
    }

    /// <summary>Maps what every role answers: health and metrics.</summary>
    public static void MapNovaDefaults(this WebApplication app)
    {
        app.MapNovaHealth();
        app.MapNovaMetrics();
    }
}
