using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nova.Events.Hosting;

namespace Nova.Events.Cli.Running;

/// <summary>One process with one or more roles, its health and its metrics.</summary>
internal sealed class RoleHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RoleHost(WebApplication app) => _app = app;

    /// <summary>Where it answers.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public IServiceProvider Services => _app.Services;

    /// <summary>Cancelled when the host stops, for whatever reason.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>Starts <paramref name="roles"/>; <paramref name="port"/> 0 takes a free one.</summary>
    public static async Task<RoleHost> StartAsync(
        IReadOnlyList<Role> roles, IEnumerable<KeyValuePair<string, string?>> settings, int port, CancellationToken cancellationToken)
    {
        var builder = NovaHost.CreateBuilder(settings);
        foreach (var role in roles) role.Add(builder);
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        app.MapNovaDefaults();
        foreach (var role in roles) role.Map(app);
        try
        {
            // Before the host does it: building the services would stop at the first section that is wrong.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            await app.StartAsync(cancellationToken);
            return new RoleHost(app);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await app.DisposeAsync();
            throw new Commands.CommandException($"Port {port} is taken. Name another with --port, or 0 for a free one.");
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns once every role says that it makes progress.</summary>
    /// <exception cref="Commands.CommandException">One does not, for <paramref name="limit"/>; the message says which and why.</exception>
    public async Task UntilReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var checks = _app.Services.GetRequiredService<HealthCheckService>();
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var report = await checks.CheckHealthAsync(cancellationToken);
            if (report.Status == HealthStatus.Healthy) return;
            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                var failing = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).Select(entry => $"{entry.Key}: {entry.Value.Description}");
                throw new Commands.CommandException($"Not ready after {limit.TotalSeconds:0} s: {string.Join("; ", failing)}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    /// <summary>Returns once the host has stopped, after <paramref name="stop"/> or of its own accord.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var stopping = stop.Register(() => _app.Lifetime.StopApplication());
        await _app.WaitForShutdownAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await _app.StopAsync(bound.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
