using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Nova.Events.Hosting.Options;

/// <summary>Binds options to their section, and says what is wrong with it: unreadable values, unknown keys, broken rules.</summary>
internal sealed class SectionBinding<TOptions>(IConfigurationSection section) : IConfigureOptions<TOptions>, IValidateOptions<TOptions>
    where TOptions : class, new()
{
    public void Configure(TOptions options)
    {
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException)
        {
            // Validation binds once more and reports it, together with the errors of the other sections.
        }
    }

    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        // What follows an unreadable value was not bound: its rules would only mislead.
        if (Failure(strict: false) is { } unreadable) return ValidateOptionsResult.Fail($"{section.Path}: {unreadable}");
        List<string> failures = [.. OptionsRules.Failures(options, section.Path)];
        if (Failure(strict: true) is { } unknown) failures.Insert(0, $"{section.Path}: no option is called {unknown[(unknown.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]}.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private string? Failure(bool strict)
    {
        try
        {
            section.Bind(new TOptions(), binder => binder.ErrorOnUnknownConfiguration = strict);
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }
}
