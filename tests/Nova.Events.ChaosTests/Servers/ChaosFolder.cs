using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Files;

namespace Nova.Events.ChaosTests.Servers;

/// <summary>Where a run keeps its servers, its logs and how far it is.</summary>
internal static class ChaosFolder
{
    /// <summary>The folder that a run of <paramref name="command"/> takes where none is given.</summary>
    public static string Default(string command) => Path.Combine(Clone.Root ?? Directory.GetCurrentDirectory(), ".nova", $"chaos-{command}");

    /// <summary>The run's state.</summary>
    public static string StateFile(string folder) => Path.Combine(folder, "state.json");

    /// <summary>Deletes what an earlier run left beside its servers' data.</summary>
    public static void DeleteRun(string folder, IEnumerable<string> members)
    {
        File.Delete(StateFile(folder));
        foreach (var member in members.Select(member => Path.Combine(folder, member)).Where(Directory.Exists)) Directory.Delete(member, recursive: true);
    }

    /// <summary>Deletes the folder with what its links point to.</summary>
    public static void Delete(string folder)
    {
        if (!Directory.Exists(folder)) return;
        ReachableFolder.DeleteServers(folder);
    }
}
