namespace Nova.Events.LocalStack;

/// <summary>The clone that this assembly was built in, if it still runs from there.</summary>
internal static class Clone
{
    public static string? Root { get; } = Find(AppContext.BaseDirectory);

    internal static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Nova.Events.sln"))) return folder.FullName;
        return null;
    }
}
