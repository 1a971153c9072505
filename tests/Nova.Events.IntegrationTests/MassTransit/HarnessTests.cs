using MassTransit;
using MassTransit.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox.MassTransit;
using Nova.Events.ShopService;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.MassTransit;

/// <summary>The shop's own classes on MassTransit's test harness, before a real database.</summary>
[Collection(ServersCollection.Name)]
public sealed class HarnessTests(RunningServers servers)
{
    private static readonly Guid Id = Guid.CreateVersion7();

    [Fact]
    public async Task A_commit_leaves_one_row_and_everything_else_leaves_none()
    {
        await using var database = await ShopDatabaseAsync();
        await using var provider = await StartAsync(database);
        await InScopeAsync(provider, async (shop, events) =>
        {
            await events.Publish(new OrderSubmitted(Id, "unsaved", 1));
            shop.ChangeTracker.Entries().Count().ShouldBe(1);
        });
        await InScopeAsync(provider, async (shop, events) =>
        {
            await using var transaction = await shop.Database.BeginTransactionAsync();
            await events.Publish(new OrderSubmitted(Id, "rolled back", 1));
            await shop.SaveChangesAsync();
            await transaction.RollbackAsync();
        });
        await InScopeAsync(provider, async (shop, events) =>
        {
            shop.Add(new Bill(Id, -1));
            await events.Publish(new OrderSubmitted(Id, "refused", 1));
            await Should.ThrowAsync<DbUpdateException>(() => shop.SaveChangesAsync());
        });
        (await database.CountAsync()).ShouldBe(0);
        await InScopeAsync(provider, async (shop, events) =>
        {
            await events.Publish(new OrderSubmitted(Id, "committed", 1));
            await shop.SaveChangesAsync();
        });
        (await database.WrittenAsync("payload->>'customer'")).ShouldBe(["committed"]);
        // Nothing went over the service's own transport.
        provider.GetRequiredService<ITestHarness>().Published.Select<OrderSubmitted>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_keep_the_order_in_which_they_were_published_and_come_with_those_of_Emit()
    {
        await using var database = await ShopDatabaseAsync();
        await using var provider = await StartAsync(database);
        await InScopeAsync(provider, async (shop, events) =>
        {
            for (var i = 0; i < 300; i++) await events.Publish(new OrderSubmitted(Id, $"{i}", 1));
            await shop.SaveChangesAsync();
        });
        (await database.WrittenAsync("payload->>'customer'")).ShouldBe(Enumerable.Range(0, 300).Select(i => $"{i}"));
    }

    [Fact]
    public async Task The_harness_sees_the_consumer_consume_what_came_as_a_record()
    {
        await using var database = await ShopDatabaseAsync();
        await using var provider = await StartAsync(database);
        var harness = provider.GetRequiredService<ITestHarness>();
        var record = Records.Of("OrderSubmitted", $$"""{"orderId":"{{Id}}","total":2}""");
        (await provider.GetRequiredService<ConsumerHandler<BillingConsumer>>().HandleAsync(record, CancellationToken.None)).ShouldBe(Outcome.Handled);
        (await harness.GetConsumerHarness<BillingConsumer>().Consumed.Any<OrderSubmitted>()).ShouldBeTrue();
        (await database.WrittenAsync("type")).ShouldBe(["OrderBilled"]);
    }

    [Fact]
    public async Task A_consumer_on_the_buss_own_transport_publishes_through_the_outbox_too()
    {
        await using var database = await ShopDatabaseAsync();
        await using var provider = await StartAsync(database);
        var harness = provider.GetRequiredService<ITestHarness>();
        await harness.Bus.Publish(new OrderSubmitted(Id, "ann", 3));
        (await harness.GetConsumerHarness<BillingConsumer>().Consumed.Any<OrderSubmitted>()).ShouldBeTrue();
        (await Eventually.ValueAsync(() => database.WrittenAsync("type"), types => types.Count > 0)).ShouldBe(["OrderBilled"]);
        harness.Published.Select<OrderBilled>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_is_answered_over_the_services_own_transport()
    {
        await using var database = await ShopDatabaseAsync();
        await using var provider = await StartAsync(database, x => x.AddConsumer<PriceConsumer>());
        await using var scope = provider.CreateAsyncScope();
        var answer = await scope.ServiceProvider.GetRequiredService<IRequestClient<PriceAsked>>().GetResponse<PriceTold>(new PriceAsked("tea"));
        answer.Message.Price.ShouldBe(3);
        (await database.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_consumer_publishes_last_and_does_not_save_is_saved_when_it_ends()
    {
        await using var database = await ShopDatabaseAsync();
        await using var provider = await StartAsync(database, x => { x.AddConsumer<ForgetfulConsumer>(); x.AddNovaConsumer<ForgetfulConsumer>(); });
        var handler = provider.GetRequiredService<ConsumerHandler<ForgetfulConsumer>>();
        (await handler.HandleAsync(Records.Of("OrderBilled", $$"""{"orderId":"{{Id}}","total":2}"""), CancellationToken.None)).ShouldBe(Outcome.Handled);
        (await database.WrittenAsync("type")).ShouldBe(["OrderSubmitted"]);
        (await handler.HandleAsync(Records.Of("OrderBilled", $$"""{"orderId":"{{Id}}","total":-2}"""), CancellationToken.None)).Kind.ShouldBe(OutcomeKind.RetryLater);
        (await database.CountAsync()).ShouldBe(1);
    }

    private async Task<OutboxDatabase> ShopDatabaseAsync()
    {
        var database = await OutboxDatabase.CreateAsync(servers);
        await database.ExecuteAsync(ShopContext.Tables);
        return database;
    }

    private static async Task<ServiceProvider> StartAsync(OutboxDatabase database, Action<IBusRegistrationConfigurator>? further = null)
    {
        var provider = new ServiceCollection()
            .AddDbContext<ShopContext>(options => options.UseNpgsql(database.DataSource))
            .AddMassTransitTestHarness(x =>
            {
                x.AddConsumer<BillingConsumer, BillingDefinition>();
                x.AddNovaOutbox<ShopContext>(outbox => outbox.Map<OrderSubmitted>(order => order.OrderId, "order").Map<OrderBilled>(bill => bill.OrderId, "order"));
                x.AddNovaConsumer<BillingConsumer>();
                further?.Invoke(x);
            })
            .BuildServiceProvider(validateScopes: true);
        await provider.GetRequiredService<ITestHarness>().Start();
        return provider;
    }

    private static async Task InScopeAsync(ServiceProvider provider, Func<ShopContext, IPublishEndpoint, Task> work)
    {
        await using var scope = provider.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<ShopContext>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>());
    }

    public sealed record PriceAsked(string Item);

    public sealed record PriceTold(decimal Price);

    public sealed class PriceConsumer : IConsumer<PriceAsked>
    {
        public Task Consume(ConsumeContext<PriceAsked> context) => context.RespondAsync(new PriceTold(context.Message.Item.Length));
    }

    public sealed class ForgetfulConsumer(IPublishEndpoint events) : IConsumer<OrderBilled>
    {
        public async Task Consume(ConsumeContext<OrderBilled> context)
        {
            await events.Publish(new OrderSubmitted(context.Message.OrderId, "again", context.Message.Total));
            if (context.Message.Total < 0) throw new InvalidOperationException("no");
        }
    }
}
