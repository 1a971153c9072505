using System.Net.Http.Json;
using Nova.Events.ChaosTests.Faults;
using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.ChaosTests.Servers;

/// <summary>Toxiproxy as our child process, driven by its HTTP API: the network that can be cut.</summary>
internal sealed class Toxiproxy : IAsyncDisposable
{
    private const string Program = "toxiproxy-server";
    private const string Host = "127.0.0.1";
    private readonly ServerProcess _process;
    private readonly HttpClient _api;

    private Toxiproxy(ServerProcess process, HttpClient api) => (_process, _api) = (process, api);

    /// <summary>The program on PATH, or among the tools beside the clone; null where there is none.</summary>
    public static async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        if (Command.Find(Program) is { } onPath) return onPath;
        var unpack = Path.Combine(Clone.Root ?? "/", "..", "shared", "tools", "unpack");
        if (!File.Exists(unpack)) return null;
        var tool = Path.Combine((await Command.RunAsync(unpack, [], "/", cancellationToken)).Trim(), Program);
        return File.Exists(tool) ? tool : null;
    }

    public static async Task<Toxiproxy> StartAsync(string program, string folder, int port, CancellationToken cancellationToken)
    {
        var api = new HttpClient { BaseAddress = new Uri($"http://{Host}:{port}"), Timeout = TimeSpan.FromSeconds(10) };
        var spec = new ProcessSpec { Program = program, Arguments = ["-host", Host, "-port", $"{port}"], Folder = Directory.CreateDirectory(folder).FullName };
        var process = new ServerProcess(spec, token => AnswersAsync(api, token), TimeSpan.FromSeconds(20), TimeProvider.System);
        await process.StartAsync(cancellationToken);
        return new Toxiproxy(process, api);
    }

    /// <summary>A proxy from one port of this machine to another.</summary>
    public Task AddAsync(string proxy, int port, int server) =>
        PostAsync("proxies", new { name = proxy, listen = $"{Host}:{port}", upstream = $"{Host}:{server}", enabled = true });

    /// <summary>Cuts one proxy.</summary>
    public async Task CutAsync(string proxy, PlannedFault fault)
    {
        switch (fault.Form)
        {
            case CutForm.Silence:
                await ToxicAsync(proxy, "timeout", "upstream", new { timeout = 0 });
                await ToxicAsync(proxy, "timeout", "downstream", new { timeout = 0 });
                break;
            case CutForm.Refusal:
                await PostAsync($"proxies/{proxy}", new { enabled = false });
                break;
            case CutForm.Reset:
                await ToxicAsync(proxy, "reset_peer", "downstream", new { timeout = 0 });
                break;
            case CutForm.MidResponse:
                await ToxicAsync(proxy, "limit_data", "downstream", new { bytes = fault.CutAfterBytes });
                break;
            case CutForm.MidRequest:
                await ToxicAsync(proxy, "limit_data", "upstream", new { bytes = fault.CutAfterBytes });
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault.Form, null);
        }
    }

    /// <summary>What is sent to the server arrives so much later, also when the sender is gone by then.</summary>
    public Task HoldAsync(string proxy, TimeSpan delay) => ToxicAsync(proxy, "latency", "upstream", new { latency = (int)delay.TotalMilliseconds, jitter = 0 });

    /// <summary>Mends every proxy. What was cut off without a word loses its connections now.</summary>
    public Task HealAsync() => PostAsync("reset", new { });

    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync(CancellationToken.None);
        _api.Dispose();
    }

    private Task ToxicAsync(string proxy, string type, string stream, object attributes) =>
        PostAsync($"proxies/{proxy}/toxics", new { name = $"{type}_{stream}", type, stream, toxicity = 1.0, attributes });

    private async Task PostAsync(string path, object content)
    {
        using var answer = await _api.PostAsJsonAsync(path, content);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"Toxiproxy refused {path}: {await answer.Content.ReadAsStringAsync()}");
    }

    private static async Task<bool> AnswersAsync(HttpClient api, CancellationToken cancellationToken)
    {
        try
        {
            return (await api.GetAsync("version", cancellationToken)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
