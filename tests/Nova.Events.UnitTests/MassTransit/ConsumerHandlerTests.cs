using System.Net;
using MassTransit;
using MassTransit.UsageTracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Outbox.MassTransit;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.MassTransit;

public sealed class ConsumerHandlerTests
{
    private const string Urn = "urn:message:Nova.Events.UnitTests.MassTransit:";
    private static readonly Guid Order = Guid.CreateVersion7();

    [Fact]
    public async Task A_consumer_gets_what_was_published_with_all_ids_headers_and_the_key()
    {
        await using var shop = Shop();
        var (id, conversation) = (NewId.NextGuid(), Guid.CreateVersion7());
        await shop.Publisher.Publish(new OrderSubmitted(Order, "ann"), context =>
        {
            (context.MessageId, context.CorrelationId, context.ConversationId) = (id, Order, conversation);
            context.Headers.Set("source", "shop");
        });
        (await HandleAsync(shop, ShopService.RecordOf(shop.Rows[0]))).ShouldBe(Outcome.Handled);
        var got = shop.Seen.Orders.ShouldHaveSingleItem();
        got.Message.ShouldBe(new OrderSubmitted(Order, "ann"));
        (got.MessageId, got.CorrelationId, got.ConversationId, got.RoutingKey()).ShouldBe((id, Order, conversation, $"{Order}"));
        (got.Headers.Get<string>("source"), got.ReceiveContext.Redelivered, got.SourceAddress?.Scheme).ShouldBe(("shop", false, "loopback"));
        got.SentTime.ShouldNotBeNull();
        got.TryGetPayload<ConsumedRecord>(out var record).ShouldBeTrue();
        record!.Offset.ShouldBe(7);
    }

    [Fact]
    public async Task An_event_that_a_writer_without_MassTransit_emitted_is_known_by_its_event_type()
    {
        await using var shop = Shop();
        var record = ShopService.Record($$"""{"orderId":"{{Order}}","customer":"sql"}""", new() { [HeaderNames.EventType] = "OrderSubmitted", [HeaderNames.Id] = $"{Order}" });
        (await HandleAsync(shop, record)).ShouldBe(Outcome.Handled);
        (shop.Seen.Orders.ShouldHaveSingleItem().Message.Customer, shop.Seen.Orders[0].MessageId).ShouldBe(("sql", Order));
    }

    [Fact]
    public async Task MassTransits_own_envelope_is_read_too()
    {
        await using var shop = Shop();
        var envelope = $$"""{"messageId":"{{Order}}","messageType":["{{Urn}}OrderSubmitted"],"message":{"orderId":"{{Order}}","customer":"old"} }""";
        (await HandleAsync(shop, ShopService.Record(envelope, new() { ["Content-Type"] = "application/vnd.masstransit+json" }))).ShouldBe(Outcome.Handled);
        shop.Seen.Orders.ShouldHaveSingleItem().Message.Customer.ShouldBe("old");
        var other = envelope.Replace("OrderSubmitted", "OrderShipped", StringComparison.Ordinal);
        (await HandleAsync(shop, ShopService.Record(other, new() { ["Content-Type"] = "application/vnd.masstransit+json" }))).ShouldBe(Outcome.Handled);
        shop.Seen.Orders.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Other_types_of_the_same_topic_are_passed_over_and_so_is_a_tombstone()
    {
        await using var shop = Shop();
        (await HandleAsync(shop, ShopService.Record("{}", new() { [HeaderNames.EventType] = "OrderShipped" }))).ShouldBe(Outcome.Handled);
        (await HandleAsync(shop, ShopService.Record("{}", new() { ["MT-MessageType"] = Urn + "OrderShipped" }))).ShouldBe(Outcome.Handled);
        (await HandleAsync(shop, ShopService.Record(null, new() { [HeaderNames.EventType] = "OrderSubmitted" }))).ShouldBe(Outcome.Handled);
        (shop.Seen.Orders.Count, shop.Seen.Cancelled.Count).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("""{"orderId":"no"}""")]
    [InlineData("")]
    public async Task What_is_not_the_message_is_poisoned_at_once(string value)
    {
        await using var shop = Shop();
        var outcome = await HandleAsync(shop, ShopService.Record(value, new() { [HeaderNames.EventType] = "OrderSubmitted" }));
        (outcome.Kind, shop.Seen.Orders.Count).ShouldBe((OutcomeKind.Poisoned, 0));
        outcome.Reason.ShouldNotBeNull().ShouldStartWith("OrderConsumer can't read it: ");
    }

    [Fact]
    public async Task A_record_of_no_type_is_poisoned_where_the_consumer_takes_several()
    {
        await using var shop = Shop();
        (await HandleAsync(shop, ShopService.Record("{}", []))).ShouldBe(Outcome.Poisoned("Headers 'MT-MessageType' and 'eventType' are missing."));
        await using var single = new ShopService(bus: x => { x.AddConsumer<PaymentConsumer>(); x.AddNovaConsumer<PaymentConsumer>(); });
        (await single.Handler<PaymentConsumer>().HandleAsync(ShopService.Record("""{"amount":1}""", []).View(), CancellationToken.None)).ShouldBe(Outcome.Handled);
    }

    [Fact]
    public async Task A_consumer_that_throws_is_tried_again_and_at_last_its_record_is_poisoned()
    {
        await using var shop = Shop(consumer => consumer.MaxAttempts = 3);
        shop.Seen.With = _ => throw new InvalidOperationException("no");
        var record = Submitted();
        var outcomes = new List<Outcome>();
        for (var i = 0; i < 3; i++) outcomes.Add(await HandleAsync(shop, record));
        outcomes.Select(outcome => outcome.Kind).ShouldBe([OutcomeKind.RetryLater, OutcomeKind.RetryLater, OutcomeKind.Poisoned]);
        (outcomes[2].Reason, outcomes[2].Exception).ShouldBe(("OrderConsumer threw InvalidOperationException.", outcomes[2].Exception.ShouldBeOfType<InvalidOperationException>()));
        shop.Seen.Orders.Select(order => order.ReceiveContext.Redelivered).ShouldBe([false, true, true]);
    }

    [Fact]
    public async Task JSON_that_the_consumer_itself_fails_at_is_no_reason_to_give_up_at_once()
    {
        await using var shop = Shop();
        shop.Seen.With = _ => throw new System.Text.Json.JsonException("of another service");
        (await HandleAsync(shop, Submitted())).Kind.ShouldBe(OutcomeKind.RetryLater);
    }

    [Fact]
    public async Task What_passes_by_itself_is_tried_again_for_as_long_as_it_takes()
    {
        await using var shop = Shop(consumer => consumer.MaxAttempts = 1);
        shop.Seen.With = _ => throw new InvalidOperationException("wraps", new Npgsql.NpgsqlException("away", new IOException()));
        var record = Submitted();
        for (var i = 0; i < 20; i++) (await HandleAsync(shop, record)).Kind.ShouldBe(OutcomeKind.RetryLater);
        shop.Seen.With = _ => Task.CompletedTask;
        (await HandleAsync(shop, record)).ShouldBe(Outcome.Handled);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    [InlineData(HttpStatusCode.TooManyRequests, true)]
    [InlineData(HttpStatusCode.BadRequest, false)]
    public void An_HTTP_error_passes_unless_the_request_is_wrong(HttpStatusCode? answer, bool passes) =>
        NovaConsumerOptions.Passes(new InvalidOperationException("wraps", new HttpRequestException("no", null, answer))).ShouldBe(passes);

    [Fact]
    public async Task A_stop_leaves_the_record_to_be_handled_again()
    {
        await using var shop = Shop(consumer => consumer.MaxAttempts = 1);
        using var stop = new CancellationTokenSource();
        shop.Seen.With = async context =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        };
        (await shop.Handler<OrderConsumer>().HandleAsync(Submitted().View(), stop.Token)).Kind.ShouldBe(OutcomeKind.RetryLater);
    }

    [Fact]
    public async Task Retries_of_the_consumers_definition_run_first()
    {
        await using var shop = new ShopService(bus: x => { x.AddConsumer<OrderConsumer, RetriedTwice>(); x.AddNovaConsumer<OrderConsumer>(); });
        shop.Seen.With = _ => shop.Seen.Orders.Count < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        (await HandleAsync(shop, Submitted())).ShouldBe(Outcome.Handled);
        shop.Seen.Orders.Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_a_failed_attempt_published_is_taken_back_before_a_retry_in_the_same_scope()
    {
        await using var shop = new ShopService(bus: x => { x.AddConsumer<OrderConsumer, RetriedInItsScope>(); x.AddNovaConsumer<OrderConsumer>(); });
        var rows = new List<int>();
        shop.Seen.With = async context =>
        {
            await context.Publish(new PaymentTaken(Order, 1));
            rows.Add(ShopService.RowsOf(context.GetPayload<IServiceScope>().ServiceProvider).Count);
            throw new InvalidOperationException("no");
        };
        (await HandleAsync(shop, Submitted())).Kind.ShouldBe(OutcomeKind.RetryLater);
        rows.ShouldBe([1, 1, 1]);
    }

    [Fact]
    public async Task What_a_consumer_publishes_and_sends_joins_its_scope_and_its_conversation()
    {
        await using var shop = Shop();
        var (conversation, rows) = (Guid.CreateVersion7(), new List<(string Topic, string Headers)>());
        shop.Seen.With = async context =>
        {
            var scope = context.GetPayload<IServiceScope>().ServiceProvider;
            await context.Publish(new PaymentTaken(Order, 1));
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new PaymentTaken(Order, 2));
            await context.Send(new Uri("queue:payments"), new PaymentTaken(Order, 3));
            await context.RespondAsync(new PaymentTaken(Order, 4));
            var emitted = ShopService.RowsOf(scope);
            rows.AddRange(emitted.Select(row => (row.AggregateType, row.Headers!)));
            // The database is nowhere: nothing may be left to save.
            scope.GetRequiredService<ShopService.ShopContext>().ChangeTracker.Clear();
        };
        var record = ShopService.Record($$"""{"orderId":"{{Order}}"}""", new()
        {
            [HeaderNames.EventType] = "OrderSubmitted", ["ConversationId"] = $"{conversation}", ["MT-Response-Address"] = "rabbitmq://elsewhere/answers", ["RequestId"] = $"{Order}",
        });
        (await HandleAsync(shop, record)).ShouldBe(Outcome.Handled);
        rows.Select(row => row.Topic).ShouldBe(["payment-taken", "payment-taken", "payments", "payment-taken"]);
        rows.ShouldAllBe(row => row.Headers.Contains($"\"ConversationId\":\"{conversation}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_in_a_records_envelope_is_not_answered()
    {
        await using var shop = Shop();
        shop.Seen.With = context => context.RespondAsync(new PaymentTaken(Order, 1));
        var envelope = $$"""{"messageType":["{{Urn}}OrderSubmitted"],"responseAddress":"loopback://localhost/elsewhere","message":{"orderId":"{{Order}}"} }""";
        var outcome = await HandleAsync(shop, ShopService.Record(envelope, new() { ["Content-Type"] = "application/vnd.masstransit+json" }));
        outcome.Exception.ShouldBeOfType<NotSupportedException>().Message.ShouldStartWith("loopback://localhost/elsewhere is no topic");
    }

    [Fact]
    public async Task What_a_consumer_schedules_is_refused_and_not_sent_past_the_outbox()
    {
        await using var shop = new ShopService(
            bus: x => { x.AddDelayedMessageScheduler(); x.AddConsumer<OrderConsumer>(); x.AddNovaConsumer<OrderConsumer>(); }, transport: memory => memory.UseDelayedMessageScheduler());
        shop.Seen.With = context => context.SchedulePublish(TimeSpan.FromMinutes(1), new PaymentTaken(Order, 1));
        (await HandleAsync(shop, Submitted())).Exception.ShouldBeOfType<NotSupportedException>();
        shop.Seen.With = context => context.GetPayload<IServiceScope>().ServiceProvider.GetRequiredService<IMessageScheduler>().SchedulePublish(TimeSpan.FromMinutes(1), new PaymentTaken(Order, 1));
        (await HandleAsync(shop, Submitted())).Exception.ShouldBeOfType<NotSupportedException>();
    }

    [Fact]
    public void A_consumer_of_batches_is_refused_at_registration() =>
        Should.Throw<NotSupportedException>(() => new ServiceCollection().AddNovaConsumer<BatchedConsumer>()).Message
            .ShouldBe("BatchedConsumer takes batches: records of a key come one at a time, so no batch would fill. Take single messages, or write a batch sink.");

    [Fact]
    public void Attempts_are_within_their_range() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ServiceCollection().AddNovaConsumer<OrderConsumer>(options => options.MaxAttempts = 0));

    [Fact]
    public void Usage_telemetry_is_off_for_a_service_that_only_consumes()
    {
        var services = new ServiceCollection().AddNovaConsumer<OrderConsumer>();
        services.AddMassTransit(x => x.UsingInMemory());
        services.BuildServiceProvider().GetRequiredService<IOptions<UsageTelemetryOptions>>().Value.Enabled.ShouldBeFalse();
    }

    private static ShopService Shop(Action<NovaConsumerOptions>? configure = null) => new(
        outbox => outbox.Map<OrderSubmitted>(order => order.OrderId),
        x => { x.AddConsumer<OrderConsumer>(); x.AddNovaConsumer<OrderConsumer>(configure); });

    private static ConsumedRecord Submitted() => ShopService.Record($$"""{"orderId":"{{Order}}","customer":"ann"}""", new() { [HeaderNames.EventType] = "OrderSubmitted" });

    private static async Task<Outcome> HandleAsync(ShopService shop, ConsumedRecord record) => await shop.Handler<OrderConsumer>().HandleAsync(record.View(), CancellationToken.None);
}
