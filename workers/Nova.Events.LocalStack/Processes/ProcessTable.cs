namespace Nova.Events.LocalStack.Processes;

/// <summary>What /proc tells about processes.</summary>
internal static class ProcessTable
{
    /// <summary>Start time in clock ticks since boot: with the id it names a process for good, since ids are reused. Null if it is gone or a zombie.</summary>
    public static string? StartTime(int processId)
    {
        try
        {
            // The name in parentheses may hold anything; the fields after the last parenthesis are the state (3rd) to the start time (22nd).
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The process and all that descend from it, parents first.</summary>
    public static IReadOnlyList<int> Tree(int root)
    {
        var tree = new List<int> { root };
        for (var next = 0; next < tree.Count; next++)
        {
            try
            {
                foreach (var thread in Directory.EnumerateDirectories($"/proc/{tree[next]}/task"))
                    tree.AddRange(File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue;
            }
        }
        return tree;
    }
}
