using System.ComponentModel.DataAnnotations;

namespace Nova.Events.Hosting.Options;

/// <summary>The rules that options carry themselves: annotations and <see cref="IValidatableObject"/>.</summary>
public static class OptionsRules
{
    /// <summary>What <paramref name="options"/> break, each with the key that it is about; empty where they are right.</summary>
    public static IReadOnlyList<string> Failures(object options, string section)
    {
        var (context, results) = (new ValidationContext(options), new List<ValidationResult>());
        if (Validator.TryValidateObject(options, context, results, validateAllProperties: true)) return [];
        // The validator leaves the cross-field rules out where an annotation failed; an operator wants all errors at once.
        if (options is IValidatableObject validatable) results.AddRange(validatable.Validate(context));
        return [.. results.Select(result => Named(result, section)).Distinct(StringComparer.Ordinal)];
    }

    private static string Named(ValidationResult result, string section) =>
        result.ErrorMessage!.StartsWith(section + ':', StringComparison.Ordinal) || !result.MemberNames.Any()
            ? result.ErrorMessage
            : $"{section}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}";
}
