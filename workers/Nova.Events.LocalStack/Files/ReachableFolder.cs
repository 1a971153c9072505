namespace Nova.Events.LocalStack.Files;

/// <summary>A folder that another user than root must reach, though the path that was asked for may lie under a closed home such as /root.</summary>
internal static class ReachableFolder
{
    private const UnixFileMode Pass = UnixFileMode.OtherExecute;

    /// <summary>
    /// <paramref name="wanted"/> itself if every parent lets others pass, else a folder under /var/tmp that <paramref name="wanted"/> becomes a link to.
    /// </summary>
    public static string For(string wanted)
    {
        if (Reaches(wanted)) return Directory.CreateDirectory(wanted).FullName;
        if (new DirectoryInfo(wanted).LinkTarget is { } target && Directory.Exists(target)) return target;
        // A name that nobody can foresee: in /var/tmp anyone may have made a folder before us.
        var elsewhere = Directory.CreateDirectory($"/var/tmp/nova-events-{Guid.CreateVersion7():n}").FullName;
        Directory.CreateDirectory(Path.GetDirectoryName(wanted)!);
        if (Directory.Exists(wanted)) Directory.Delete(wanted);
        File.Delete(wanted);
        Directory.CreateSymbolicLink(wanted, elsewhere);
        return elsewhere;
    }

    /// <summary>Deletes a folder with what the links in it point to under /var/tmp.</summary>
    public static void Delete(string folder)
    {
        foreach (var link in Directory.EnumerateDirectories(folder))
            if (new DirectoryInfo(link).LinkTarget is { } target && target.StartsWith("/var/tmp/nova-events-", StringComparison.Ordinal) && Directory.Exists(target))
                Directory.Delete(target, recursive: true);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Deletes a folder with a folder for each server in it: links to data outside a closed home hang two levels down.</summary>
    public static void DeleteServers(string folder)
    {
        foreach (var server in Directory.GetDirectories(folder)) Delete(server);
        Directory.Delete(folder, recursive: true);
    }

    internal static bool Reaches(string path)
    {
        for (var parent = new DirectoryInfo(path).Parent; parent is not null; parent = parent.Parent)
            if (parent.Exists && (File.GetUnixFileMode(parent.FullName) & Pass) == 0) return false;
        return true;
    }
}
