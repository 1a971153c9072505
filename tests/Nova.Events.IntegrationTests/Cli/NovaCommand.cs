using System.Diagnostics;
using Nova.Events.Cli.Running;

namespace Nova.Events.IntegrationTests.Cli;

/// <summary>Runs <c>nova</c> as a user would, in a process of its own with no settings but those given.</summary>
internal static class NovaCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static Task<(int ExitCode, string Output, string Error)> RunAsync(string[] line, params (string Name, string Value)[] environment) =>
        RunAsync(typeof(Role).Assembly.Location, line, environment);

    /// <summary>As a program of its own, <paramref name="assembly"/> with <paramref name="line"/>.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string assembly, string[] line, params (string Name, string Value)[] environment)
    {
        using var patience = new CancellationTokenSource(Patience);
        var start = new ProcessStartInfo("dotnet", [assembly, .. line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("NOVA_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
