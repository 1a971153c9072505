using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Nova.Events.ShopService;

namespace Nova.Events.IntegrationTests.MassTransit;

/// <summary>The shop in a process of its own, as in production, so that it can be killed.</summary>
internal sealed class ShopProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;
    private readonly HttpClient _http = new();

    private ShopProcess(Process process, Uri address) => (_process, _http.BaseAddress) = (process, address);

    public static async Task<ShopProcess> StartAsync(ShopRig rig)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ShopContext).Assembly.Location, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in rig.Settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var process = Process.Start(start)!;
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) address.TrySetException(new InvalidOperationException("The shop ended before it listened."));
            else if (line.Data.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at) address.TrySetResult(new Uri(line.Data[(at + Listening.Length)..].Trim()));
        };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ShopProcess(process, await address.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    /// <summary>True once the order is taken, also where an earlier call took it; false where nobody answers.</summary>
    public async Task<bool> OrderAsync(Order order)
    {
        try
        {
            using var answer = await _http.PostAsJsonAsync("orders", order);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict ? true : throw new InvalidOperationException($"The shop answered {answer.StatusCode}.");
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is committed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }
}
