using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Nova.Events.Outbox.Writing.EntityFramework;

namespace Nova.Events.Outbox;

/// <summary>Maps the outbox into a model of EF Core, so that events can be emitted in a context.</summary>
public static class OutboxModel
{
    /// <summary>Maps the outbox; call it in <c>OnModelCreating</c>.</summary>
    /// <param name="modelBuilder">The model.</param>
    /// <param name="createdByEntityFramework">
    /// True lets EF's migrations and <c>EnsureCreated</c> make a plain table, neither partitioned nor published: for tests of an application without
    /// a relay. By default EF makes nothing: <c>nova schema up</c> or <c>migrationBuilder.CreateOutbox()</c> does.
    /// </param>
    public static ModelBuilder AddOutbox(this ModelBuilder modelBuilder, bool createdByEntityFramework = false)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<EmittedEvent>(row =>
        {
            row.ToTable("outbox", "nova", table => table.ExcludeFromMigrations(!createdByEntityFramework));
            row.HasKey(emitted => emitted.Key);
            MapColumns(row);
        });
        return modelBuilder;
    }

    /// <summary>Every column but <c>created_at</c>, which is the server's, and <c>stream_version</c>. Nothing is read back: writers may not.</summary>
    private static void MapColumns(EntityTypeBuilder<EmittedEvent> row)
    {
        row.Property(emitted => emitted.Key).HasColumnName("id").HasConversion(key => key.Id, id => new EmissionKey(id, 0)).ValueGeneratedNever();
        row.Property(emitted => emitted.AggregateType).HasColumnName("aggregatetype");
        row.Property(emitted => emitted.AggregateId).HasColumnName("aggregateid");
        row.Property(emitted => emitted.Type).HasColumnName("type");
        row.Property(emitted => emitted.Payload).HasColumnName("payload").HasColumnType("jsonb");
        row.Property(emitted => emitted.Headers).HasColumnName("headers").HasColumnType("jsonb");
        row.Property(emitted => emitted.Traceparent).HasColumnName("traceparent");
        row.Property(emitted => emitted.Tenant).HasColumnName("tenant");
        row.Property(emitted => emitted.OccurredAt).HasColumnName("occurred_at").HasColumnType("timestamp with time zone");
    }
}
