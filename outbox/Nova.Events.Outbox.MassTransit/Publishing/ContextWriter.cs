using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Outbox.Writing.EntityFramework;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>Adds messages to the unit of work of EF Core: <c>SaveChanges</c> writes them with the data. A scope that publishes nothing makes no context.</summary>
internal sealed class ContextWriter<TContext>(IServiceProvider scope) : IOutboxWriter
    where TContext : DbContext
{
    private readonly Lock _adding = new();
    private TContext? _context;

    public Task WriteAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        // A consumer may publish concurrently; a context may not be used so.
        lock (_adding) (_context ??= scope.GetRequiredService<TContext>()).Emit(message);
        return Task.CompletedTask;
    }

    public Task FinishAsync(CancellationToken cancellationToken) => HasUnsaved() ? _context!.SaveChangesAsync(cancellationToken) : Task.CompletedTask;

    public void Discard()
    {
        lock (_adding)
            foreach (var row in Unsaved()) row.State = EntityState.Detached;
    }

    private bool HasUnsaved()
    {
        lock (_adding) return Unsaved().Count > 0;
    }

    /// <summary>Rows that are not written yet, found without a look at every other entity.</summary>
    private List<Microsoft.EntityFrameworkCore.ChangeTracking.EntityEntry<EmittedEvent>> Unsaved()
    {
        if (_context is null) return [];
        var tracker = _context.ChangeTracker;
        var detect = tracker.AutoDetectChangesEnabled;
        tracker.AutoDetectChangesEnabled = false;
        var rows = tracker.Entries<EmittedEvent>().Where(row => row.State == EntityState.Added).ToList();
        tracker.AutoDetectChangesEnabled = detect;
        return rows;
    }
}
