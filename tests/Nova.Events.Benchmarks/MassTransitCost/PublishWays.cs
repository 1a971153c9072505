using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Outbox;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>Publishing: a request's scope with a unit of work, with our own writer or through MassTransit.</summary>
internal sealed class PublishWays(ServiceProvider services, TimeSpan slice)
{
    /// <summary>Messages of one unit of work that is not saved: enough to see the message, few enough for a change tracker.</summary>
    private const int Messages = 20;

    public IEnumerable<Way> All() =>
    [
        new("publish", "context.Emit", () => Cost.OfAsync(() => UnsavedAsync(EmitAsync), slice)),
        new("publish", "IPublishEndpoint.Publish", () => Cost.OfAsync(() => UnsavedAsync(PublishAsync), slice)),
        new("commit", "context.Emit", () => Cost.OfAsync(() => SavedAsync(EmitAsync), slice)),
        new("commit", "IPublishEndpoint.Publish", () => Cost.OfAsync(() => SavedAsync(PublishAsync), slice)),
    ];

    private static Task EmitAsync(IServiceProvider scope)
    {
        var order = OrderSubmitted.New();
        scope.GetRequiredService<CostContext>().Emit(new OutboxMessage
        {
            AggregateType = "order", AggregateId = order.OrderId.ToString(), Type = nameof(OrderSubmitted), Payload = JsonSerializer.SerializeToUtf8Bytes(order, JsonSerializerOptions.Web),
        });
        return Task.CompletedTask;
    }

    private static Task PublishAsync(IServiceProvider scope) => scope.GetRequiredService<IPublishEndpoint>().Publish(OrderSubmitted.New());

    private async Task<int> UnsavedAsync(Func<IServiceProvider, Task> publish)
    {
        await using var scope = services.CreateAsyncScope();
        for (var i = 0; i < Messages; i++) await publish(scope.ServiceProvider);
        return Messages;
    }

    private async Task<int> SavedAsync(Func<IServiceProvider, Task> publish)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CostContext>();
        context.Add(new CostOrder { Id = Guid.CreateVersion7(), Text = "an order" });
        await publish(scope.ServiceProvider);
        await context.SaveChangesAsync();
        return 1;
    }
}
