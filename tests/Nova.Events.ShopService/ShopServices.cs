using MassTransit;
using Microsoft.EntityFrameworkCore;
using Nova.Events.Inbox;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Outbox.MassTransit;
using Npgsql;

namespace Nova.Events.ShopService;

/// <summary>The shop's services.</summary>
public static class ShopServices
{
    /// <summary>Registers them. <c>Shop:Topic</c> and <c>Shop:Group</c> are what it consumes, <c>Shop:Database</c> and <c>Kafka:BootstrapServers</c> where.</summary>
    public static IServiceCollection AddShop(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddDbContext<ShopContext>(options => options.UseNpgsql(configuration["Shop:Database"]));
        services.AddMassTransit(x =>
        {
            x.AddConsumer<BillingConsumer, BillingDefinition>();
            x.AddNovaOutbox<ShopContext>(outbox => outbox
                .Map<OrderSubmitted>(key: order => order.OrderId, aggregateType: "order")
                .Map<OrderBilled>(key: bill => bill.OrderId, aggregateType: "order"));
            x.UsingInMemory();
        });
        services.AddNovaConsumer<BillingConsumer>();
        services.Configure<KafkaOptions>(configuration.GetSection(KafkaOptions.Section));
        return services.AddHandlerConsumer<ConsumerHandler<BillingConsumer>>(consumer =>
        {
            consumer.Group = configuration["Shop:Group"]!;
            consumer.Topics.Add(configuration["Shop:Topic"]!);
            consumer.SessionTimeout = TimeSpan.FromSeconds(6);
        });
    }

    /// <summary>Registers the ledger alone, which consumes into the same database by the inbox.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration) => services
        .Configure<KafkaOptions>(configuration.GetSection(KafkaOptions.Section))
        .AddInboxConsumer<OrderLedger>(NpgsqlDataSource.Create(configuration["Shop:Database"]!), consumer =>
        {
            consumer.Group = configuration["Shop:Group"]!;
            consumer.Topics.Add(configuration["Shop:Topic"]!);
            consumer.SessionTimeout = TimeSpan.FromSeconds(6);
            consumer.TransactionTimeout = TimeSpan.FromSeconds(3);
            consumer.BatchRecords = 20;
        });
}
