using System.Text;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.ShopService;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.MassTransit;

/// <summary>A small service on MassTransit, with classes of its own, publishes and consumes through us: database, relay, Kafka, consumer.</summary>
[Collection(ServersCollection.Name)]
public sealed class ShopServiceTests(RunningServers servers)
{
    [Fact]
    public async Task What_commits_is_billed_and_published_once_and_what_rolls_back_never_was()
    {
        await using var rig = await ShopRig.CreateAsync(servers);
        await using var relay = await rig.Relay.StartAsync();
        using var shop = await rig.StartAsync();
        var committed = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToHashSet();
        foreach (var order in committed) await OrderAsync(shop, order, commit: true);
        for (var i = 0; i < 20; i++) await OrderAsync(shop, Guid.CreateVersion7(), commit: false);

        (await rig.BillsAsync(20)).ShouldBe(20);
        var log = await rig.LogAsync(40);
        OrdersOf(log["OrderSubmitted"]).ShouldBe(committed, ignoreOrder: true);
        OrdersOf(log["OrderBilled"]).ShouldBe(committed, ignoreOrder: true);
        // The same conversation, started by the first message.
        var (cause, effect) = (log["OrderSubmitted"].First(), log["OrderBilled"].Single(bill => bill.Key!.SequenceEqual(log["OrderSubmitted"].First().Key!)));
        effect.Header("ConversationId").ShouldBe(cause.Header("ConversationId"));
        (effect.Header("MT-MessageType"), effect.Header("Content-Type")).ShouldBe(("urn:message:Nova.Events.ShopService:OrderBilled", "application/json"));
        Encoding.UTF8.GetString(effect.Value!).ShouldBe($$"""{"total": "12.50", "orderId": "{{Encoding.UTF8.GetString(effect.Key!)}}"}""");
        await shop.StopAsync();
        await RelayRig.StopAsync(relay);
        (await rig.Relay.LoggedAsync()).ShouldBe(40);
    }

    [Fact]
    public async Task What_a_consumer_publishes_is_in_the_consumers_transaction()
    {
        await using var rig = await ShopRig.CreateAsync(servers);
        // Fails twice: MassTransit's own retry and our second attempt each find a clean unit of work.
        await rig.Relay.Database.ExecuteAsync("""
            CREATE SEQUENCE tries;
            CREATE FUNCTION fail_twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tries') <= 2 THEN RAISE EXCEPTION 'not yet' USING ERRCODE = 'serialization_failure'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER fail_twice BEFORE INSERT ON bills FOR EACH ROW EXECUTE FUNCTION fail_twice()
            """);
        await using var relay = await rig.Relay.StartAsync();
        using var shop = await rig.StartAsync();
        var order = Guid.CreateVersion7();
        await OrderAsync(shop, order, commit: true);
        (await rig.BillsAsync(1)).ShouldBe(1);
        var log = await rig.LogAsync(2);
        OrdersOf(log["OrderBilled"]).ShouldBe([order]);
        (await rig.Relay.Database.ScalarAsync<long>("SELECT last_value FROM tries")).ShouldBe(3);
        (await rig.Relay.Database.CountAsync()).ShouldBe(2);
        await shop.StopAsync();
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_poisoned_message_is_a_dead_letter_and_the_others_go_on()
    {
        await using var rig = await ShopRig.CreateAsync(servers);
        await using var relay = await rig.Relay.StartAsync();
        using var shop = await rig.StartAsync();
        // The bill is refused by the table, each time.
        var (bad, good) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await OrderAsync(shop, bad, commit: true, total: -1);
        await OrderAsync(shop, good, commit: true);
        (await rig.BillsAsync(1)).ShouldBe(1);
        var letter = rig.DeadLetter();
        Encoding.UTF8.GetString(letter.Message.Key).ShouldBe($"{bad}");
        Header(HeaderNames.DeadLetterReason).ShouldBe("BillingConsumer threw DbUpdateException.");
        Header(HeaderNames.DeadLetterAttempts).ShouldBe("5");
        OrdersOf((await rig.LogAsync(3))["OrderBilled"]).ShouldBe([good]);
        await shop.StopAsync();
        await RelayRig.StopAsync(relay);

        string Header(string name) => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));
    }

    [Fact]
    public async Task Events_of_a_writer_in_SQL_reach_the_same_consumer()
    {
        await using var rig = await ShopRig.CreateAsync(servers);
        await using var relay = await rig.Relay.StartAsync();
        using var shop = await rig.StartAsync();
        var order = Guid.CreateVersion7();
        await rig.Relay.Database.EmitAsync(
            new OutboxMessage { AggregateType = "order", AggregateId = "broken", Type = "OrderSubmitted", Payload = "[1]"u8.ToArray() },
            new OutboxMessage { AggregateType = "order", AggregateId = $"{order}", Type = "OrderSubmitted", Payload = Encoding.UTF8.GetBytes($$"""{"orderId":"{{order}}","total":3}""") });
        (await rig.BillsAsync(1)).ShouldBe(1);
        Encoding.UTF8.GetString(rig.DeadLetter().Message.Key).ShouldBe("broken");
        OrdersOf((await rig.LogAsync(3))["OrderBilled"]).ShouldBe([order]);
        await shop.StopAsync();
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_service_that_is_killed_again_and_again_bills_and_publishes_each_order_once()
    {
        const int orders = 150, kills = 3;
        await using var rig = await ShopRig.CreateAsync(servers);
        await using var relay = await rig.Relay.StartAsync();
        var (submitted, shop) = (new List<Guid>(), await ShopProcess.StartAsync(rig));
        try
        {
            for (var i = 1; i <= orders; i++)
            {
                submitted.Add(Guid.CreateVersion7());
                while (!await shop.OrderAsync(new Order(submitted[^1], "ann", i))) shop = await AgainAsync();
                if (i % (orders / kills) != 0) continue;
                // Killed while it consumes: some of what it took is billed and not committed, some is neither.
                await rig.BillsAsync(i - (orders / kills) + 5);
                shop = await AgainAsync();
            }

            (await rig.BillsAsync(orders)).ShouldBe(orders);
            var log = await rig.LogAsync(2 * orders);
            OrdersOf(log["OrderSubmitted"]).ShouldBe(submitted, ignoreOrder: true);
            OrdersOf(log["OrderBilled"]).ShouldBe(submitted, ignoreOrder: true);
        }
        finally
        {
            await shop.DisposeAsync();
            await RelayRig.StopAsync(relay);
        }

        async Task<ShopProcess> AgainAsync()
        {
            await shop.DisposeAsync();
            return await ShopProcess.StartAsync(rig);
        }
    }

    /// <summary>As a controller does it: a scope for each request.</summary>
    private static async Task OrderAsync(IHost shop, Guid id, bool commit, decimal total = 12.50m)
    {
        await using var request = shop.Services.CreateAsyncScope();
        var (data, events) = (request.ServiceProvider.GetRequiredService<ShopContext>(), request.ServiceProvider.GetRequiredService<IPublishEndpoint>());
        await using var transaction = await data.Database.BeginTransactionAsync();
        data.Add(new Order(id, "ann", total));
        await events.Publish(new OrderSubmitted(id, "ann", total));
        await data.SaveChangesAsync();
        if (commit) await transaction.CommitAsync();
        else await transaction.RollbackAsync();
    }

    private static List<Guid> OrdersOf(IEnumerable<ConsumedRecord> records) =>
        [.. records.Select(record => JsonDocument.Parse(record.Value!).RootElement.GetProperty("orderId")).Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetGuid())];
}
