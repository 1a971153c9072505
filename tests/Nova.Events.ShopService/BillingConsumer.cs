using MassTransit;

namespace Nova.Events.ShopService;

/// <summary>Bills what was ordered. A plain consumer of MassTransit: nothing in it knows of Nova.Events.</summary>
public sealed class BillingConsumer(ShopContext shop) : IConsumer<OrderSubmitted>
{
    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<OrderSubmitted> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var order = context.Message;
        if (await shop.Bills.FindAsync([order.OrderId], context.CancellationToken) is not null) return;
        shop.Add(new Bill(order.OrderId, order.Total));
        await context.Publish(new OrderBilled(order.OrderId, order.Total));
        await shop.SaveChangesAsync(context.CancellationToken);
    }
}

/// <summary>Tries again once at once.</summary>
public sealed class BillingDefinition : ConsumerDefinition<BillingConsumer>
{
    /// <inheritdoc/>
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<BillingConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseMessageRetry(retry => retry.Immediate(1));
}
