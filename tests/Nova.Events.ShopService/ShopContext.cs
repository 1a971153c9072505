using Microsoft.EntityFrameworkCore;
using Nova.Events.Outbox;

namespace Nova.Events.ShopService;

/// <summary>The shop's data.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    /// <summary>Tables of the shop, as a script; not in the schema that may be named like the login.</summary>
    public const string Tables = """
        CREATE TABLE public.orders (id uuid PRIMARY KEY, customer text NOT NULL, total numeric NOT NULL);
        CREATE TABLE public.bills (order_id uuid PRIMARY KEY, total numeric NOT NULL CHECK (total >= 0));
        """;

    /// <summary>Orders.</summary>
    public DbSet<Order> Orders => Set<Order>();

    /// <summary>Bills, one for each order.</summary>
    public DbSet<Bill> Bills => Set<Bill>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.AddOutbox();
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders");
            order.Property(o => o.Id).HasColumnName("id").ValueGeneratedNever();
            order.Property(o => o.Customer).HasColumnName("customer");
            order.Property(o => o.Total).HasColumnName("total");
        });
        modelBuilder.Entity<Bill>(bill =>
        {
            bill.ToTable("bills").HasKey(b => b.OrderId);
            bill.Property(b => b.OrderId).HasColumnName("order_id").ValueGeneratedNever();
            bill.Property(b => b.Total).HasColumnName("total");
        });
    }
}

/// <summary>An order.</summary>
public sealed record Order(Guid Id, string Customer, decimal Total);

/// <summary>A bill.</summary>
public sealed record Bill(Guid OrderId, decimal Total);
