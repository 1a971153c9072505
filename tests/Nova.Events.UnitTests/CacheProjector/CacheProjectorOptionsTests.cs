using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nova.Events.CacheProjector;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.CacheProjector;

public sealed class CacheProjectorOptionsTests
{
    [Fact]
    public void Rules_across_options_are_told_together()
    {
        var failure = Should.Throw<OptionsValidationException>(() => Read(("HotPostsTtl", "00:01:00"), ("SuggestionsTtl", "00:05:00")));
        failure.Message.ShouldContain("CacheProjector:HotPostsTtl must be longer than HotPostsInterval, or the list is gone before the next one.");
        failure.Message.ShouldContain("CacheProjector:SuggestionsTtl must be longer than SuggestionsInterval, or suggestions are gone before the next ones.");
    }

    [Fact]
    public void An_option_out_of_its_range_is_named() =>
        Should.Throw<OptionsValidationException>(() => Read(("HotPosts", "0"))).Message.ShouldContain("HotPosts");

    [Fact]
    public void The_defaults_are_valid() => Read().HotPosts.ShouldBe(200);

    private static CacheProjectorOptions Read(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>("CacheProjector:" + setting.Name, setting.Value)))
            .Build();
        using var services = new ServiceCollection().AddLogging().AddCacheProjector(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<CacheProjectorOptions>>().Value;
    }
}
