using System.Diagnostics;
using Nova.Events.Cli.Running;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.IntegrationTests.EndToEnd;

/// <summary>A role in a process of its own, as in production, so that it can be killed.</summary>
internal sealed class NovaProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Func<NovaProcess> _again;

    private NovaProcess(Process process, Func<NovaProcess> again) => (_process, _again) = (process, again);

    public static NovaProcess Run(string role, IReadOnlyCollection<KeyValuePair<string, string?>> settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Role).Assembly.Location, "run", role, "--port", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in settings) start.Environment["NOVA_" + key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new NovaProcess(process, () => Run(role, settings));
    }

    /// <summary>Kills it and starts another one of its kind.</summary>
    public async Task<NovaProcess> ReplaceAsync()
    {
        await DisposeAsync();
        return _again();
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it keeps its connections and does nothing.</summary>
    public void Freeze() => Send(Signal.Stop);

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public void Thaw() => Send(Signal.Continue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Send(Signal signal)
    {
        if (!Signals.Send(_process.Id, signal)) throw new InvalidOperationException($"Process {_process.Id} took no signal {signal}.");
    }
}
