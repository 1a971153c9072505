namespace Nova.Events.Redis.Scripts;

/// <summary>The scripts beside this file.</summary>
internal static class LuaScripts
{
    public static string WriteVersioned { get; } = Read("write_versioned.lua");

    public static string SwapList { get; } = Read("swap_list.lua");

    public static string ReadList { get; } = Read("read_list.lua");

    public static string TakeLease { get; } = Read("take_lease.lua");

    public static string ReleaseLease { get; } = Read("release_lease.lua");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(LuaScripts).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
