using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Nova.Events.Cli.Running;

/// <summary>Options for commands that run no role: the same sources as a role's host, validated the same way.</summary>
internal static class Settings
{
    /// <summary>Section <paramref name="section"/>, from <c>nova.json</c>, <c>NOVA_SECTION__KEY</c>, the four address variables and <paramref name="settings"/>.</summary>
    /// <exception cref="ValidationException">An option is missing or wrong.</exception>
    public static T Read<T>(string section, IEnumerable<KeyValuePair<string, string?>>? settings = null) where T : class, new()
    {
        var options = new ConfigurationBuilder()
            .SetBasePath(Directory.GetCurrentDirectory())
            .AddJsonFile("nova.json", optional: true)
            .AddEnvironmentVariables("NOVA_")
            .AddInMemoryCollection(ServerAddresses.FromEnvironment())
            .AddInMemoryCollection(settings ?? [])
            .Build()
            .GetSection(section)
            .Get<T>() ?? new T();
        var failures = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true))
            throw new ValidationException($"{section}: " + string.Join("; ", failures.Select(failure => failure.ErrorMessage)));
        return options;
    }
}
