using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Nova.Events.CacheProjector;
using Nova.Events.CacheProjector.Preferences;
using Nova.Events.Contracts.Records;
using Nova.Events.Redis;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.CacheProjector;

public sealed class PreferenceInvalidationTests
{
    private const string Changed = """{"user_id":7,"version":2,"changed":["theme"]}""";

    [Theory]
    [InlineData("UserPreferenceChanged", "not json", "The payload is not a UserPreferenceChanged.")]
    [InlineData("UserPreferenceChanged", """{"user_id":"seven","version":2,"changed":[]}""", "The payload is not a UserPreferenceChanged.")]
    [InlineData("UserPreferenceChanged", """{"user_id":7,"changed":[]}""", "user_id and version must be above 0.")]
    [InlineData("UserPreferenceLost", Changed, "Event type 'UserPreferenceLost' is not registered.")]
    [InlineData(null, Changed, "Header 'eventType' is missing.")]
    public async Task What_can_never_be_handled_is_poisoned_with_the_reason(string? type, string payload, string reason)
    {
        var outcome = await HandleAsync(type, payload);
        (outcome.Kind, outcome.Reason).ShouldBe((OutcomeKind.Poisoned, reason));
    }

    [Fact]
    public async Task A_tenant_that_is_none_is_poisoned() => (await HandleAsync("UserPreferenceChanged", Changed, "a:b")).Kind.ShouldBe(OutcomeKind.Poisoned);

    [Fact]
    public async Task What_is_none_of_its_business_is_passed_over()
    {
        (await HandleAsync("UserPreferenceChanged", null)).Kind.ShouldBe(OutcomeKind.Handled);
        (await HandleAsync("PostLiked", "{}")).Kind.ShouldBe(OutcomeKind.Handled);
    }

    [Fact]
    public async Task While_Redis_is_away_it_is_tried_again_later()
    {
        var outcome = await HandleAsync("UserPreferenceChanged", Changed);
        outcome.Kind.ShouldBe(OutcomeKind.RetryLater);
        outcome.Reason!.ShouldContain("127.0.0.1:1");
    }

    private static async Task<Outcome> HandleAsync(string? type, string? payload, string? tenant = null)
    {
        await using var redis = new RedisConnection(new RedisOptions { Configuration = "127.0.0.1:1", ConnectTimeout = TimeSpan.FromMilliseconds(500) });
        var handler = new PreferenceInvalidation(
            new VersionedCache(redis), Options.Create(new CacheProjectorOptions()), TimeProvider.System, NullLogger<PreferenceInvalidation>.Instance);
        List<RecordHeader> headers = [];
        if (type is not null) headers.Add(new("eventType", Encoding.UTF8.GetBytes(type)));
        if (tenant is not null) headers.Add(new("tenant", Encoding.UTF8.GetBytes(tenant)));
        var record = new ConsumedRecord
        {
            Topic = "t", Partition = 0, Offset = 1, Timestamp = DateTimeOffset.UnixEpoch, Value = payload is null ? null : Encoding.UTF8.GetBytes(payload), Headers = headers,
        };
        return await handler.HandleAsync(record.View(), CancellationToken.None);
    }
}
