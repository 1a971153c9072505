using MassTransit;
using Microsoft.EntityFrameworkCore;
using Nova.Events.Outbox;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>The message of the bench: about 190 bytes of JSON.</summary>
internal sealed record OrderSubmitted(Guid OrderId, string Customer, string Text)
{
    public static OrderSubmitted New() => new(Guid.CreateVersion7(), "ann", "the morning was bright and the sea was calm, and nobody had anything to do but to look at it and to say so");
}

/// <summary>A consumer that does nothing but to be called.</summary>
internal sealed class CountingConsumer(Calls calls) : IConsumer<OrderSubmitted>
{
    public Task Consume(ConsumeContext<OrderSubmitted> context)
    {
        calls.Add(context.Message);
        return Task.CompletedTask;
    }
}

/// <summary>How many messages came.</summary>
internal sealed class Calls
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Add(OrderSubmitted order)
    {
        if (order.Customer != "ann") throw new InvalidOperationException("The message was not read.");
        Interlocked.Increment(ref _count);
    }
}

/// <summary>A context with one table of the service's own.</summary>
internal sealed class CostContext(DbContextOptions<CostContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.Entity<CostOrder>(order =>
        {
            order.ToTable("orders", "bench");
            order.Property(o => o.Id).HasColumnName("id").ValueGeneratedNever();
            order.Property(o => o.Text).HasColumnName("text");
        });
    }
}

/// <summary>A row of the service's own.</summary>
internal sealed class CostOrder
{
    public required Guid Id { get; init; }

    public required string Text { get; init; }
}
