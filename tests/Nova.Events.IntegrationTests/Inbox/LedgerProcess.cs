using System.Diagnostics;
using Nova.Events.LocalStack.Processes;
using Nova.Events.ShopService;

namespace Nova.Events.IntegrationTests.Inbox;

/// <summary>The ledger in a process of its own, as in production, so that it can be killed and frozen.</summary>
internal sealed class LedgerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private LedgerProcess(Process process) => _process = process;

    public static LedgerProcess Start(InboxRig rig)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(OrderLedger).Assembly.Location, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Shop:Role"] = "ledger", ["Shop:Database"] = rig.ConnectionString, ["Shop:Topic"] = rig.Kafka.Topic, ["Shop:Group"] = rig.Kafka.Group, ["Kafka:BootstrapServers"] = rig.Kafka.Kafka.BootstrapServers,
        }) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new LedgerProcess(process);
    }

    /// <summary>SIGSTOP: it keeps its connections, its locks and its memory, and does nothing.</summary>
    public void Freeze() => Send(Signal.Stop);

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public void Thaw() => Send(Signal.Continue);

    /// <summary>SIGKILL: nothing is rolled back, nothing is said.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Send(Signal signal)
    {
        if (!Signals.Send(_process.Id, signal)) throw new InvalidOperationException($"Process {_process.Id} took no signal {signal}.");
    }
}
