using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nova.Events.Hosting.Options;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Hosting;

public sealed class OptionsTests
{
    [Fact]
    public void Right_values_are_bound()
    {
        var oven = Read(("Oven:Name", "left"), ("Oven:Heat", "00:00:05"), ("Oven:Racks", "3"));
        (oven.Name, oven.Heat, oven.Racks).ShouldBe(("left", TimeSpan.FromSeconds(5), 3));
    }

    [Fact]
    public void Annotations_and_cross_field_rules_are_reported_in_one_message() => Failures(("Oven:Racks", "99"), ("Oven:Heat", "01:00:00")).ShouldBe(
    [
        "Oven:Name: The Name field is required.",
        "Oven:Racks: The field Racks must be between 1 and 10.",
        "Oven:Heat (01:00:00) must be shorter than Oven:Limit (00:30:00).",
    ]);

    [Fact]
    public void A_key_that_nobody_reads_is_named_beside_the_other_errors()
    {
        var failures = Failures(("Oven:Colour", "red"), ("Oven:Racks", "99"), ("Oven:Name", "left"));
        failures.ShouldContain(failure => failure.StartsWith("Oven: ", StringComparison.Ordinal) && failure.Contains("Colour", StringComparison.Ordinal));
        failures.ShouldContain("Oven:Racks: The field Racks must be between 1 and 10.");
    }

    [Fact]
    public void A_value_of_the_wrong_kind_is_named()
    {
        var failure = Failures(("Oven:Name", "left"), ("Oven:Heat", "hot")).ShouldHaveSingleItem();
        failure.ShouldStartWith("Oven: ");
        failure.ShouldContain("Oven:Heat");
    }

    private static string[] Failures(params (string Key, string Value)[] settings) =>
        [.. Should.Throw<OptionsValidationException>(() => Read(settings)).Failures];

    private static OvenOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        using var services = new ServiceCollection().AddNovaOptions<OvenOptions>(configuration, "Oven").BuildServiceProvider();
        return services.GetRequiredService<IOptions<OvenOptions>>().Value;
    }

    private sealed class OvenOptions : IValidatableObject
    {
        [Required]
        public string Name { get; set; } = "";

        [Range(1, 10)]
        public int Racks { get; set; } = 2;

        public TimeSpan Heat { get; set; } = TimeSpan.FromMinutes(1);

        public TimeSpan Limit { get; set; } = TimeSpan.FromMinutes(30);

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Heat >= Limit) yield return new ValidationResult($"Oven:Heat ({Heat}) must be shorter than Oven:Limit ({Limit}).");
        }
    }
}
