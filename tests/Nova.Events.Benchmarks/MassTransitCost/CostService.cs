using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Outbox.MassTransit;
using Npgsql;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>The service that is measured: one container for all ways, so that all have the same services around them.</summary>
internal static class CostService
{
    public static async Task<ServiceProvider> StartAsync(NpgsqlDataSource database)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<Calls>().AddScoped<ScopedCalls>();
        services.AddDbContext<CostContext>(options => options.UseNpgsql(database));
        services.AddMassTransit(x =>
        {
            x.AddConsumer<CountingConsumer>().ExcludeFromConfigureEndpoints();
            x.AddNovaOutbox<CostContext>(outbox => outbox.Map<OrderSubmitted>(order => order.OrderId, "order"));
            x.AddNovaConsumer<CountingConsumer>();
            x.UsingInMemory();
        });
        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IBusControl>().StartAsync();
        return provider;
    }
}

/// <summary>What a handler of our own gets from a scope, in place of the consumer.</summary>
internal sealed class ScopedCalls(Calls calls)
{
    public void Add(OrderSubmitted order) => calls.Add(order);
}
