using System.Diagnostics;

namespace Nova.Events.LocalStack.Processes;

/// <summary>Runs a tool to its end.</summary>
internal static class Command
{
    /// <summary>The program that runs .NET assemblies: the one that runs us, if it can be told.</summary>
    /// <exception cref="LocalServersException">There is none on PATH.</exception>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : Find("dotnet")
        ?? throw new LocalServersException("dotnet is not on PATH, and a hosted server or role is run by it");

    /// <exception cref="LocalServersException">It ended with another code than 0; the message holds what it wrote last.</exception>
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using var process = await ChildStarter.StartAsync(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        if (process.ExitCode == 0) return await output;
        var words = (await output + await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        throw new LocalServersException($"{Path.GetFileName(program)} {(arguments.Count > 0 ? arguments[0] : "")} ended with code {process.ExitCode}: {string.Join(" | ", words.TakeLast(4))}");
    }

    /// <summary>Where a program is on PATH.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
