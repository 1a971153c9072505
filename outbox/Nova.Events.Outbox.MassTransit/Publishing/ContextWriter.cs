using Microsoft.EntityFrameworkCore;
using Nova.Events.Outbox.Writing.EntityFramework;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>Adds messages to the unit of work of EF Core: <c>SaveChanges</c> writes them with the data.</summary>
internal sealed class ContextWriter<TContext>(TContext context) : IOutboxWriter
    where TContext : DbContext
{
    private readonly Lock _adding = new();

    public Task WriteAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        // A consumer may publish concurrently; a context may not be used so.
        lock (_adding) context.Emit(message);
        return Task.CompletedTask;
    }

    public Task FinishAsync(CancellationToken cancellationToken) => Unsaved().Count > 0 ? context.SaveChangesAsync(cancellationToken) : Task.CompletedTask;

    public void Discard()
    {
        foreach (var row in Unsaved()) row.State = EntityState.Detached;
    }

    private List<Microsoft.EntityFrameworkCore.ChangeTracking.EntityEntry<EmittedEvent>> Unsaved()
    {
        if (context.Model.FindEntityType(typeof(EmittedEvent)) is null) return [];
        var detect = context.ChangeTracker.AutoDetectChangesEnabled;
        context.ChangeTracker.AutoDetectChangesEnabled = false;
        var rows = context.ChangeTracker.Entries<EmittedEvent>().Where(row => row.State == EntityState.Added).ToList();
        context.ChangeTracker.AutoDetectChangesEnabled = detect;
        return rows;
    }
}
