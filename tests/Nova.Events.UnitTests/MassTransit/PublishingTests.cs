using System.Text.Json;
using MassTransit;
using MassTransit.UsageTracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nova.Events.Outbox.MassTransit;
using Nova.Events.Outbox.MassTransit.Publishing;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.MassTransit;

public sealed class PublishingTests
{
    private static readonly Guid Order = Guid.CreateVersion7();

    [Fact]
    public async Task A_published_message_is_a_row_of_the_unit_of_work_with_its_id_its_key_and_its_JSON()
    {
        await using var shop = new ShopService(outbox => outbox.Map<OrderSubmitted>(order => order.OrderId, "order", "OrderPlaced", order => order.Customer));
        var id = Guid.CreateVersion7();
        await shop.Publisher.Publish(new OrderSubmitted(Order, "ann"), context => context.MessageId = id);
        var row = shop.Rows.ShouldHaveSingleItem();
        (row.Key.Id, row.AggregateType, row.AggregateId, row.Type, row.Tenant).ShouldBe((id, "order", Order.ToString(), "OrderPlaced", "ann"));
        row.Payload.ShouldBe($$"""{"orderId":"{{Order}}","customer":"ann"}""");
    }

    [Fact]
    public async Task Headers_carry_what_MassTransit_knows_of_the_message_and_what_the_caller_adds()
    {
        await using var shop = new ShopService();
        var (correlation, conversation, initiator) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await shop.Publisher.Publish(new OrderShipped(Order), context =>
        {
            (context.CorrelationId, context.ConversationId, context.InitiatorId) = (correlation, conversation, initiator);
            context.Headers.Set("source", "shop");
            context.Headers.Set("count", 1.5);
            context.Headers.Set("tags", new[] { "a", "b" });
        });
        var headers = JsonSerializer.Deserialize<Dictionary<string, string>>(shop.Rows.ShouldHaveSingleItem().Headers!)!;
        headers.Remove(MessageHeaders.SourceAddress, out var source).ShouldBeTrue();
        source.ShouldStartWith("loopback://localhost/");
        headers.ShouldBe(
            new Dictionary<string, string>
            {
                ["source"] = "shop", ["count"] = "1.5", ["tags"] = """["a","b"]""", ["Content-Type"] = "application/json",
                ["MT-MessageType"] = "urn:message:Nova.Events.UnitTests.MassTransit:OrderShipped",
                ["CorrelationId"] = $"{correlation}", ["ConversationId"] = $"{conversation}", ["MT-InitiatorId"] = $"{initiator}",
            },
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_message_without_a_key_is_refused_with_the_three_remedies()
    {
        await using var shop = new ShopService();
        var refused = await Should.ThrowAsync<MessageKeyMissingException>(() => shop.Publisher.Publish(new OrderShipped(Order)));
        refused.Message.ShouldBe("OrderShipped has no key, and the key decides what stays in order. Map one: outbox.Map<OrderShipped>(key: message => …); or set it with the call: context.SetRoutingKey(…); or give the message a correlation id.");
        shop.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_calls_key_goes_before_the_mapped_one_and_that_before_the_correlation_id()
    {
        await using var shop = new ShopService(outbox => outbox.Map<OrderSubmitted>(order => order.Customer));
        await shop.Publisher.Publish(new OrderSubmitted(Order, "ann"), context => context.SetRoutingKey("eve"));
        await shop.Publisher.Publish(new OrderSubmitted(Order, "ann"), context => context.CorrelationId = Order);
        await shop.Publisher.Publish(new PaymentTaken(Order, 1));
        shop.Rows.Select(row => row.AggregateId).ShouldBe(["eve", "ann", $"{Order}"]);
    }

    [Fact]
    public async Task An_interface_is_published_by_its_own_name_and_a_mapping_holds_for_what_is_derived()
    {
        await using var shop = new ShopService(outbox => outbox.Map<IOrderCancelled>(order => order.OrderId, "order"));
        await shop.Publisher.Publish<IOrderCancelled>(new { OrderId = Order });
        await shop.Publisher.Publish(new LateCancellation(Order));
        shop.Rows.Select(row => (row.AggregateType, row.AggregateId, row.Type)).ShouldBe([("order", $"{Order}", "OrderCancelled"), ("order", $"{Order}", "LateCancellation")]);
    }

    [Theory]
    [InlineData(typeof(OrderSubmitted), "order-submitted")]
    [InlineData(typeof(IOrderCancelled), "order-cancelled")]
    [InlineData(typeof(SKUChanged2), "sku-changed2")]
    public void A_topic_is_the_types_name_in_kebab_case(Type message, string name) => MessageNames.AggregateType(message).ShouldBe(name);

    [Fact]
    public async Task A_generic_message_has_no_name_by_convention()
    {
        await using var shop = new ShopService();
        var refused = await Should.ThrowAsync<NotSupportedException>(() => shop.Publisher.Publish(new Changed<OrderSubmitted>(Order)));
        refused.Message.ShouldEndWith("is generic and has no name by convention. Name it: outbox.Map<…>(aggregateType: …, eventType: …).");
    }

    [Theory]
    [InlineData("topic:orders")]
    [InlineData("queue:orders")]
    [InlineData("exchange:orders")]
    public async Task A_short_address_is_a_topic(string address)
    {
        await using var shop = new ShopService(outbox => outbox.Map<OrderSubmitted>(order => order.OrderId));
        var endpoint = await shop.Sender.GetSendEndpoint(new Uri(address));
        await endpoint.Send(new OrderSubmitted(Order, "ann"));
        shop.Rows.ShouldHaveSingleItem().AggregateType.ShouldBe("orders");
    }

    [Fact]
    public async Task An_address_of_another_transport_is_refused()
    {
        await using var shop = new ShopService();
        var refused = await Should.ThrowAsync<NotSupportedException>(() => shop.Sender.GetSendEndpoint(new Uri("rabbitmq://host/orders")));
        refused.Message.ShouldBe("rabbitmq://host/orders is no topic: the outbox publishes to Kafka. Send to topic:NAME, or through IBus, past the outbox.");
    }

    [Fact]
    public async Task What_an_outbox_cannot_keep_is_refused_at_the_call()
    {
        await using var shop = new ShopService(bus: x => x.AddDelayedMessageScheduler());
        await RefusedAsync(context => context.Delay = TimeSpan.FromMinutes(1), "cannot be scheduled");
        await RefusedAsync(context => context.TimeToLive = TimeSpan.FromMinutes(1), "cannot expire");
        await RefusedAsync(context => context.RequestId = Order, "cannot be a request");
        await RefusedAsync(context => context.Serializer = new Sealed(), "would be serialized as application/vnd.masstransit+aes");
        shop.Rows.ShouldBeEmpty();

        async Task RefusedAsync(Action<SendContext> set, string why) =>
            (await Should.ThrowAsync<NotSupportedException>(() => shop.Publisher.Publish(new PaymentTaken(Order, 1), context => set(context)))).Message.ShouldContain($"PaymentTaken {why}");
    }

    [Fact]
    public async Task Messages_that_are_published_at_the_same_time_are_all_rows()
    {
        await using var shop = new ShopService();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => shop.Publisher.Publish(new PaymentTaken(Guid.CreateVersion7(), 1)))));
        shop.Rows.Count.ShouldBe(200);
    }

    [Fact]
    public async Task Publishing_past_the_outbox_is_told_once_for_each_type()
    {
        await using var shop = new ShopService();
        var bus = shop.Services.GetRequiredService<IBusControl>();
        await bus.StartAsync();
        for (var i = 0; i < 3; i++) await bus.Publish(new PaymentTaken(Order, i));
        await shop.Publisher.Publish(new PaymentTaken(Order, 4));
        await bus.StopAsync();
        shop.Log.Warnings.ShouldHaveSingleItem().ShouldBe("Nova.Events.UnitTests.MassTransit.PaymentTaken was published through IBus, past the outbox: it is not part of any transaction. Publish through the scope's IPublishEndpoint");
    }

    [Fact]
    public async Task Publishing_past_the_outbox_is_refused_where_that_is_asked_for()
    {
        await using var shop = new ShopService(outbox => outbox.RefuseDirectPublish = true);
        var bus = shop.Services.GetRequiredService<IBusControl>();
        await bus.StartAsync();
        (await Should.ThrowAsync<InvalidOperationException>(() => bus.Publish(new PaymentTaken(Order, 1)))).Message.ShouldContain("PaymentTaken was published through IBus");
        await bus.StopAsync();
        await shop.Publisher.Publish(new PaymentTaken(Order, 4));
        shop.Rows.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Usage_telemetry_is_off()
    {
        await using var shop = new ShopService();
        shop.Services.GetRequiredService<IOptions<UsageTelemetryOptions>>().Value.Enabled.ShouldBeFalse();
        shop.Services.GetRequiredService<IBus>().ShouldNotBeNull();
        shop.Services.GetRequiredService<IUsageTracker>().ShouldBeOfType<UsageTracker>().Enabled.ShouldBeFalse();
    }

    public sealed record LateCancellation(Guid OrderId) : IOrderCancelled;

    public sealed record SKUChanged2(Guid Id);

    public sealed record Changed<T>(Guid CorrelationId);

    private sealed class Sealed : IMessageSerializer
    {
        public System.Net.Mime.ContentType ContentType { get; } = new("application/vnd.masstransit+aes");

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => throw new InvalidOperationException("The outbox must not look inside.");
    }
}
