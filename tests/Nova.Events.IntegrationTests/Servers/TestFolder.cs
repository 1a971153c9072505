using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Files;

namespace Nova.Events.IntegrationTests.Servers;

/// <summary>Where servers of tests keep their data: folders in .nova that are named after the test process.</summary>
internal static class TestFolder
{
    private static readonly string Parent = Path.Combine(Clone.Root!, ".nova");

    private static readonly string OfThisRun = Path.Combine(Parent, $"test-{Environment.ProcessId}");

    private static readonly Lock Orphans = new();

    /// <summary>One for servers that are started.</summary>
    public static string New() => Path.Combine(OfThisRun, Fresh.Name("servers"));

    /// <summary>The last one that goes takes the run's folder along.</summary>
    public static void Delete(string folder)
    {
        if (Directory.Exists(folder)) ReachableFolder.DeleteServers(folder);
        try
        {
            Directory.Delete(OfThisRun);
        }
        catch (IOException)
        {
            // Others are still in it, or it is gone.
        }
    }

    /// <summary>What a killed test run left.</summary>
    public static void DeleteOrphans()
    {
        if (!Directory.Exists(Parent)) return;
        lock (Orphans)
            foreach (var folder in Directory.GetDirectories(Parent, "test-*"))
                if (int.TryParse(Path.GetFileName(folder)["test-".Length..], out var owner) && !Directory.Exists($"/proc/{owner}")) DeleteRun(folder);
    }

    private static void DeleteRun(string folder)
    {
        foreach (var servers in Directory.GetDirectories(folder)) ReachableFolder.DeleteServers(servers);
        Directory.Delete(folder, recursive: true);
    }
}
