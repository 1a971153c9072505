using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Inbox;

public sealed class InboxConsumerOptionsTests
{
    [Fact]
    public void An_option_out_of_its_range_is_told_when_the_consumer_is_registered()
    {
        Refused(_ => { }).ShouldBe("The Group field is required.");
        Refused(options => Named(options).BatchRecords = 0).ShouldContain("BatchRecords must be between 1 and 100000");
        Refused(options => Named(options).EventIdWindows["orders"] = 0).ShouldBe("EventIdWindows: the window of 'orders' is 0; it must be between 1 and 10,000,000 offsets.");
        Refused(options => Named(options).EventIdWindows["order"] = 10).ShouldBe("EventIdWindows: topic 'order' is not among Topics, so its window would tell no repeats. Name the topic as it is.");
    }

    [Fact]
    public void The_retry_topic_is_read_besides_unless_it_is_not_to_be()
    {
        var options = Named(new InboxConsumerOptions());
        options.Subscription.ShouldBe(["orders", @"^g\.retry$"]);
        options.ReadRetryTopic = false;
        options.Subscription.ShouldBe(["orders"]);
    }

    private static InboxConsumerOptions Named(InboxConsumerOptions options)
    {
        options.Group = "g";
        options.Topics.Add("orders");
        return options;
    }

    private static string Refused(Action<InboxConsumerOptions> configure) =>
        Should.Throw<ValidationException>(() => new ServiceCollection().AddInboxConsumer<Nothing>(configure)).Message;

    private sealed class Nothing : IInboxHandler
    {
        public ValueTask<Outcome> HandleAsync(RecordView record, NpgsqlTransaction transaction, CancellationToken cancellationToken) => ValueTask.FromResult(Outcome.Handled);
    }
}
