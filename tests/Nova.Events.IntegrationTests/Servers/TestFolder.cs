using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Files;

namespace Nova.Events.IntegrationTests.Servers;

/// <summary>Where servers of tests keep their data: folders in .nova that are named after the test process.</summary>
internal static class TestFolder
{
    private static readonly string Parent = Path.Combine(Clone.Root!, ".nova");

    public static string OfThisRun { get; } = Path.Combine(Parent, $"test-{Environment.ProcessId}");

    /// <summary>One for a test that starts servers of its own.</summary>
    public static string New() => Path.Combine(OfThisRun, Fresh.Name("own"));

    public static void Delete(string folder)
    {
        if (!Directory.Exists(folder)) return;
        ReachableFolder.DeleteServers(folder);
    }

    /// <summary>What a killed test run left.</summary>
    public static void DeleteOrphans()
    {
        if (!Directory.Exists(Parent)) return;
        foreach (var folder in Directory.GetDirectories(Parent, "test-*"))
            if (int.TryParse(Path.GetFileName(folder)["test-".Length..], out var owner) && !Directory.Exists($"/proc/{owner}")) Delete(folder);
    }
}
