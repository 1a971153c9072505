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
    private const int MinPoolThreads = 48;

    /// <summary>
    /// A host without roles yet. Configuration, later wins: <c>nova.json</c> in the working directory, environment variables
    /// <c>NOVA_SECTION__KEY</c>, <paramref name="settings"/>.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        // Synchronous offset commits hold a pool thread for a round trip each; on few cores the pool would grow only by one thread each half second.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, MinPoolThreads), completions);
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
