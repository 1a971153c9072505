using System.Diagnostics;
using System.Text.Json;
using Nova.Events.ChaosTests.Faults;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;

namespace Nova.Events.IntegrationTests.Chaos;

/// <summary><c>./nova chaos COMMAND</c> as a process of its own, in a folder of its own, which is gone afterwards.</summary>
internal sealed class ChaosRun(string command) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly string _folder = TestFolder.New();

    public void Dispose() => TestFolder.Delete(_folder);

    /// <summary>Its exit code, its line of JSON, and what it said.</summary>
    public async Task<(int Code, JsonElement Result, string Said)> FinishAsync(params string[] line)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var process = Start(line);
        try
        {
            var (output, said) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, JsonDocument.Parse((await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem(await said)).RootElement, await said);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <summary>SIGKILL to the command as it is at that fault of its plan: what it started dies with it.</summary>
    public async Task KillAtFaultAsync(int fault, params string[] line)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var process = Start(line);
        try
        {
            var said = new List<string>();
            while (await process.StandardError.ReadLineAsync(patience.Token) is { } sentence && !sentence.StartsWith($"· {fault}/", StringComparison.Ordinal)) said.Add(sentence);
            process.HasExited.ShouldBeFalse(string.Join('\n', said));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync(patience.Token);
        }
    }

    private Process Start(string[] line)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(FaultKind).Assembly.Location, command, "--data", _folder, .. line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("NOVA_", StringComparison.Ordinal) && name is not ("NOVA_SOURCES" or "NOVA_CACHE")).ToArray()) start.Environment.Remove(name);
        return Process.Start(start)!;
    }
}
