namespace Nova.Events.Api.Preferences;

/// <summary>The SQL files beside this file.</summary>
internal static class PreferencesQueries
{
    public static string Load { get; } = Read("load_preferences");

    public static string Write { get; } = Read("write_preferences");

    public static string ReplaceBlocks { get; } = Read("replace_blocks");

    public static string ReplaceInterests { get; } = Read("replace_interests");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(PreferencesQueries).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
