using Nova.Events.Outbox;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>The unit of work of a scope, as far as it takes messages.</summary>
internal interface IOutboxWriter
{
    /// <summary>Adds a message to the unit of work; one at a time, whoever calls.</summary>
    Task WriteAsync(OutboxMessage message, CancellationToken cancellationToken);

    /// <summary>A consumer has ended well: what it left unsaved is saved.</summary>
    Task FinishAsync(CancellationToken cancellationToken);

    /// <summary>A consumer has failed: what it left unsaved is taken back, for the same scope may try again.</summary>
    void Discard();
}
