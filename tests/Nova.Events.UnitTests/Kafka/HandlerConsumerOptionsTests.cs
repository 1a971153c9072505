using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class HandlerConsumerOptionsTests
{
    [Fact]
    public void A_policy_that_is_out_of_its_range_is_refused_at_registration() =>
        Should.Throw<ValidationException>(() => Register(options => options.FailureByTopic["t"] = new() { AttemptsInPlace = 0 })).Message.ShouldContain("AttemptsInPlace");

    [Fact]
    public void A_policy_that_writes_to_a_retry_topic_that_nobody_reads_is_refused() =>
        Should.Throw<ValidationException>(() => Register(options => (options.Failure.OnFailure, options.ReadRetryTopic) = (OnFailure.ParkKey, false)))
            .Message.ShouldBe("ParkKey needs ReadRetryTopic: nobody would handle what it puts there.");

    [Fact]
    public void The_retry_topic_is_read_beside_the_topics_and_no_other_like_it()
    {
        var options = new HandlerConsumerOptions { Group = "billing.v1", Topics = { "outbox.event.order" } };
        options.Subscription.ShouldBe(["outbox.event.order", @"^billing\.v1\.retry$"]);
    }

    [Fact]
    public void A_window_of_event_ids_for_a_topic_that_is_not_read_or_of_no_size_is_refused()
    {
        Should.Throw<ValidationException>(() => Register(options => options.EventIdWindows["other"] = 100)).Message.ShouldContain("'other' is not among Topics");
        Should.Throw<ValidationException>(() => Register(options => options.EventIdWindows["t"] = 0)).Message.ShouldContain("must be between 1 and 10,000,000");
        Register(options => options.EventIdWindows["t"] = 100_000);
    }

    [Fact]
    public void Where_a_delay_of_one_policy_holds_up_the_parked_keys_of_another_it_is_known()
    {
        var options = new HandlerConsumerOptions { Failure = new() { OnFailure = OnFailure.ParkKey } };
        options.DelayOfOthers.ShouldBeNull();
        options.FailureByTopic["t"] = new() { OnFailure = OnFailure.RetryTopic, RetryTopicDelay = TimeSpan.Zero };
        options.DelayOfOthers.ShouldBeNull();
        options.FailureByTopic["u"] = new() { OnFailure = OnFailure.RetryTopic, RetryTopicDelay = TimeSpan.FromHours(1) };
        options.DelayOfOthers.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Each_hosted_consumer_has_a_health_check_named_after_its_group()
    {
        await using var services = Register(_ => { }).BuildServiceProvider();
        services.GetServices<IHostedService>().OfType<HostedConsumer>().Count().ShouldBe(1);
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        report.Entries["consumer-g"].Status.ShouldBe(HealthStatus.Healthy);
    }

    private static IServiceCollection Register(Action<HandlerConsumerOptions> configure) =>
        new ServiceCollection().AddLogging().AddSingleton<Nothing>().AddSingleton(Options.Create(new KafkaOptions { BootstrapServers = "127.0.0.1:1" })).AddHandlerConsumer<Nothing>(options =>
        {
            options.Group = "g";
            options.Topics.Add("t");
            configure(options);
        });

    private sealed class Nothing : IRecordHandler
    {
        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken) => ValueTask.FromResult(Outcome.Handled);
    }
}
