using System.Globalization;
using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Files;

namespace Nova.Events.Benchmarks.Servers;

/// <summary>Where a bench keeps its servers and the contenders' files: a folder in .nova that is named after the process, or a kept one.</summary>
internal static class BenchFolder
{
    private const string Prefix = "bench-";
    private static readonly string Parent = Path.Combine(Clone.Root ?? Directory.GetCurrentDirectory(), ".nova");

    public static string OfThisRun { get; } = Path.Combine(Parent, Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>The folder of <c>--keep</c>, the same from run to run.</summary>
    public static string Kept { get; } = Path.Combine(Parent, Prefix + "kept");

    public static void Delete(string folder)
    {
        if (!Directory.Exists(folder)) return;
        ReachableFolder.DeleteServers(folder);
    }

    /// <summary>What a killed bench left.</summary>
    public static void DeleteOrphans()
    {
        if (!Directory.Exists(Parent)) return;
        foreach (var folder in Directory.GetDirectories(Parent, Prefix + "*"))
            if (int.TryParse(Path.GetFileName(folder)[Prefix.Length..], out var owner) && !Directory.Exists($"/proc/{owner}")) Delete(folder);
    }
}
