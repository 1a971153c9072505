namespace Nova.Events.LocalStack.Processes;

/// <summary>Which process serves a folder: its id and start time, so that a stranger who got the same id later is never signalled.</summary>
internal static class PidFile
{
    public static void Write(string file, int processId) =>
        File.WriteAllText(file, $"{processId} {ProcessTable.StartTime(processId)} {Boot()}");

    /// <summary>The id of a process that an earlier run left behind and that still runs.</summary>
    public static int? LeftOver(string file)
    {
        if (!File.Exists(file)) return null;
        var fields = File.ReadAllText(file).Split(' ');
        return fields.Length == 3 && int.TryParse(fields[0], out var processId) && fields[2] == Boot()
            && fields[1].Length > 0 && ProcessTable.StartTime(processId) == fields[1]
                ? processId
                : null;
    }

    private static string Boot() =>
        File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";
}
