using System.Globalization;

namespace Nova.Events.LocalStack.Files;

/// <summary>The folder of one set of servers, held by one process at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <exception cref="LocalServersException">Another process uses the folder.</exception>
    public static DataFolder Open(string path, bool fresh, IEnumerable<ServerKind> kinds)
    {
        path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(path);
        var owner = System.IO.Path.Combine(path, "owner");
        // Only what an earlier run of ours left may be deleted: its owner file says that the folder is one of ours.
        var ours = File.Exists(owner);
        if (fresh && !ours && kinds.Any(kind => Directory.Exists(System.IO.Path.Combine(path, kind.ToString().ToLowerInvariant()))))
            throw new LocalServersException($"The folder {path} holds data, and no earlier nova run. Nothing was deleted: give --fresh an empty folder, or one of ours.");
        var held = Hold(path, owner);
        File.WriteAllText(owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        var folder = new DataFolder(path, held);
        if (fresh)
            foreach (var kind in kinds) folder.Wipe(kind);
        return folder;
    }

    /// <summary>The folder of one server; created when missing.</summary>
    public string Of(ServerKind kind)
    {
        var folder = Name(kind);
        Directory.CreateDirectory(folder);
        return folder;
    }

    public void Dispose() => _lock.Dispose();

    private string Name(ServerKind kind) => System.IO.Path.Combine(Path, kind.ToString().ToLowerInvariant());

    private void Wipe(ServerKind kind)
    {
        var folder = Name(kind);
        if (!Directory.Exists(folder)) return;
        if (Processes.PidFile.LeftOver(System.IO.Path.Combine(folder, "pid")) is { } leftOver)
            foreach (var process in Processes.ProcessTable.Tree(leftOver)) Processes.Signals.Send(process, Processes.Signal.Kill);
        ReachableFolder.Delete(folder);
    }

    private static FileStream Hold(string path, string owner)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken)
        {
            var who = File.Exists(owner) ? $" (process {File.ReadAllText(owner)})" : "";
            throw new LocalServersException($"The data folder {path} is in use by another nova{who}. Stop that one, or give this one another data folder.", taken);
        }
    }
}
