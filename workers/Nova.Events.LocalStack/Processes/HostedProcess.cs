namespace Nova.Events.LocalStack.Processes;

/// <summary>This very assembly as a child process that hosts a native library.</summary>
internal static class HostedProcess
{
    public static ProcessSpec Spec(string folder, IReadOnlyList<string> arguments) => new()
    {
        Program = Command.Dotnet,
        Arguments = ["exec", "--runtimeconfig", Path.ChangeExtension(Assembly, "runtimeconfig.json"), "--depsfile", Path.ChangeExtension(Assembly, "deps.json"), Assembly, .. arguments],
        Folder = folder,
        Environment = new Dictionary<string, string> { ["DOTNET_TieredPGO"] = "0" },
    };

    private static string Assembly => typeof(HostedProcess).Assembly.Location;
}
