using System.Text;
using MassTransit;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Outbox.MassTransit.Consuming;

/// <summary>One attempt at a record, among the payloads of its context. The record's key is what <c>context.RoutingKey()</c> says.</summary>
internal sealed class Delivery(ConsumedRecord record) : RoutingKeyConsumeContext
{
    public string? RoutingKey => record.Key is { } key ? Encoding.UTF8.GetString(key) : null;

    /// <summary>Whether the message could be read: what is thrown afterwards is the consumer's.</summary>
    public bool WasRead { get; private set; }

    /// <summary>Notes that a message was read, before any consumer gets it.</summary>
    public sealed class Observer : IConsumeObserver
    {
        public Task PreConsume<T>(ConsumeContext<T> context)
            where T : class
        {
            if (context.TryGetPayload<Delivery>(out var delivery)) delivery.WasRead = true;
            return Task.CompletedTask;
        }

        public Task PostConsume<T>(ConsumeContext<T> context)
            where T : class => Task.CompletedTask;

        public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
