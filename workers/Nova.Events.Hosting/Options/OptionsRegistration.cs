using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Nova.Events.Hosting.Options;

/// <summary>One way to register options: bound to a section, validated at start, all errors in one message.</summary>
public static class OptionsRegistration
{
    /// <summary>
    /// Binds <typeparamref name="TOptions"/> to <paramref name="section"/> and validates keys, values, annotations and cross-field rules at start.
    /// Roles that share options in one process register them once.
    /// </summary>
    public static IServiceCollection AddNovaOptions<TOptions>(this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class, new()
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var binding = new SectionBinding<TOptions>(configuration.GetSection(section));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<TOptions>>(binding));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>>(binding));
        services.AddOptions<TOptions>().ValidateOnStart();
        return services;
    }
}
