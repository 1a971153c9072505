using System.Text;
using Microsoft.EntityFrameworkCore;
using Nova.Events.Contracts.Social;
using Nova.Events.Outbox.Writing;
using Nova.Events.Outbox.Writing.EntityFramework;

namespace Nova.Events.Outbox;

/// <summary>Emits events in a unit of work of EF Core: <c>SaveChanges</c> writes them with the data, in its own transaction or the one that is open.</summary>
public static class ContextOutbox
{
    /// <summary>Adds an event to the unit of work; returns its id.</summary>
    /// <exception cref="Contracts.UnknownEventTypeException">The event's type is not registered.</exception>
    /// <inheritdoc cref="Emit(DbContext, OutboxMessage)"/>
    public static Guid Emit(this DbContext context, IDomainEvent domainEvent) => context.Emit(OutboxMessage.Of(domainEvent));

    /// <summary>
    /// Adds a message to the unit of work; returns its id. Messages are written in the order of the calls, although EF sorts its inserts; once saved the
    /// context forgets them. What the table refuses ends <c>SaveChanges</c> with one of the exceptions below. A message without a time gets that of this
    /// process's clock.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model lacks the outbox.</exception>
    /// <exception cref="PayloadTooLargeException">The message is too large.</exception>
    /// <exception cref="MessageRefusedException">The message could not be published.</exception>
    public static Guid Emit(this DbContext context, OutboxMessage message)
    {
        ArgumentNullException.ThrowIfNull(context);
        MessageLimits.Check(message);
        if (context.Model.FindEntityType(typeof(EmittedEvent)) is null)
            throw new InvalidOperationException($"{context.GetType().Name} does not map the outbox. Call modelBuilder.AddOutbox() in OnModelCreating.");
        // Taken off first: each context listens once.
        context.SavedChanges -= Forget;
        context.SavedChanges += Forget;
        context.SaveChangesFailed -= Refuse;
        context.SaveChangesFailed += Refuse;
        context.Add(RowOf(message));
        return message.Id;
    }

    private static EmittedEvent RowOf(OutboxMessage message) => new()
    {
        Key = EmissionKey.Next(message.Id),
        AggregateType = message.AggregateType,
        AggregateId = message.AggregateId,
        Type = message.Type,
        Payload = Text(message.Payload),
        Headers = Text(MessageJson.Headers(message)),
        Traceparent = message.Traceparent,
        Tenant = message.Tenant,
        OccurredAt = (message.OccurredAt ?? TimeProvider.System.GetUtcNow()).ToUniversalTime(),
    };

    private static string? Text(byte[]? json) => json is null ? null : Encoding.UTF8.GetString(json);

    /// <summary>Rows that are written need no tracking. After <c>SaveChanges(false)</c> they still count as added: a retry writes them again.</summary>
    private static void Forget(object? sender, SavedChangesEventArgs arguments)
    {
        var tracker = ((DbContext)sender!).ChangeTracker;
        var detect = tracker.AutoDetectChangesEnabled;
        tracker.AutoDetectChangesEnabled = false;
        foreach (var row in tracker.Entries<EmittedEvent>().Where(row => row.State == EntityState.Unchanged).ToList()) row.State = EntityState.Detached;
        tracker.AutoDetectChangesEnabled = detect;
    }

    private static void Refuse(object? sender, SaveChangesFailedEventArgs arguments)
    {
        if (Refusals.Of(arguments.Exception) is { } refusal) throw refusal;
    }
}
