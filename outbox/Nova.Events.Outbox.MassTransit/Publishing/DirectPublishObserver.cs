using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>Sees what goes to the service's own transport, past the outbox; what the outbox took never comes here.</summary>
internal sealed class DirectPublishObserver(NovaOutboxOptions options, ILogger<DirectPublishObserver> logger) : IPublishObserver
{
    private readonly ConcurrentDictionary<Type, bool> _seen = new();

    /// <exception cref="InvalidOperationException">The outbox was told to refuse it.</exception>
    public Task PrePublish<T>(PublishContext<T> context)
        where T : class
    {
        // Faults are MassTransit's own, about what came over that transport.
        if (typeof(Fault).IsAssignableFrom(typeof(T)) || typeof(T) == typeof(ReceiveFault)) return Task.CompletedTask;
        if (options.RefuseDirectPublish)
            throw new InvalidOperationException($"{TypeCache<T>.ShortName} was published through IBus, past the outbox: it would be gone after a crash, or there after a rollback. Publish through the scope's IPublishEndpoint.");
        if (_seen.TryAdd(typeof(T), true)) MassTransitLog.PublishedDirectly(logger, TypeCache<T>.ShortName);
        return Task.CompletedTask;
    }

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;
}
