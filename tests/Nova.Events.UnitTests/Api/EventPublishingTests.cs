using Microsoft.Extensions.Options;
using Nova.Events.Api;
using Nova.Events.Api.Events;
using Nova.Events.Kafka.Publishing;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Api;

public sealed class EventPublishingTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(20);
    private static readonly PublishRecord Fine = new("fine", null, null, []);
    private static readonly PublishRecord Slow = new("slow", null, null, []);
    private static readonly PublishRecord Away = new("away", null, null, []);
    private static readonly PublishRecord Bad = new("bad", null, null, []);
    private readonly TaskCompletionSource _late = new();

    [Fact]
    public async Task Each_record_has_an_outcome_of_its_own_and_nothing_late_is_claimed()
    {
        (await Publishing().PublishAsync([Fine, Slow, Away, Bad], Budget))
            .ShouldBe([PublishOutcome.Acknowledged, PublishOutcome.NotAcknowledged, PublishOutcome.Unavailable, PublishOutcome.Refused]);
        _late.SetResult();
    }

    [Fact(Timeout = 10_000)]
    public async Task What_still_waits_for_Kafka_counts_against_the_limit_until_it_is_known()
    {
        var publishing = Publishing(limit: 2);
        (await publishing.PublishAsync([Slow, Slow], Budget)).ShouldBe([PublishOutcome.NotAcknowledged, PublishOutcome.NotAcknowledged]);
        (await publishing.PublishAsync([Fine], Budget)).ShouldBe([PublishOutcome.Unavailable]);
        _late.SetResult();
        // The two make room when their own continuations have run.
        while ((await publishing.PublishAsync([Fine], Budget))[0] != PublishOutcome.Acknowledged) await Task.Yield();
    }

    private EventPublishing Publishing(int limit = 100) => new(
        (record, _) => record.Topic switch
        {
            "slow" => _late.Task,
            "away" => Task.FromException(new PublishException("Kafka is away.", isTransient: true)),
            "bad" => Task.FromException(new PublishException("Too large.", isTransient: false)),
            _ => Task.CompletedTask,
        },
        Options.Create(new ApiOptions { MaxEventsInFlight = limit }), TimeProvider.System);
}
