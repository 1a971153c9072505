using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nova.Events.Hosting.Options;

namespace Nova.Events.Cli.Running;

/// <summary>Options for commands that run no role: the same sources as a role's host, validated the same way.</summary>
internal static class Settings
{
    /// <summary>Section <paramref name="section"/>, from <c>nova.json</c>, <c>NOVA_SECTION__KEY</c>, the four address variables and <paramref name="settings"/>.</summary>
    /// <exception cref="OptionsValidationException">An option is missing or wrong.</exception>
    public static T Read<T>(string section, IEnumerable<KeyValuePair<string, string?>>? settings = null) where T : class, new()
    {
        var options = Sources(settings).GetSection(section).Get<T>() ?? new T();
        var failures = OptionsRules.Failures(options, section);
        return failures.Count == 0 ? options : throw new OptionsValidationException(section, typeof(T), failures);
    }

    /// <summary>The database as it was named, valid or not; for messages.</summary>
    public static string? Database => Sources([])["Relay:ConnectionString"];

    private static IConfigurationRoot Sources(IEnumerable<KeyValuePair<string, string?>>? settings) => new ConfigurationBuilder()
        .SetBasePath(Directory.GetCurrentDirectory())
        .AddJsonFile("nova.json", optional: true)
        .AddEnvironmentVariables("NOVA_")
        .AddInMemoryCollection(ServerAddresses.FromEnvironment())
        .AddInMemoryCollection(settings ?? [])
        .Build();
}
