using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware.Outbox;
using Nova.Events.Outbox.MassTransit.Publishing;

namespace Nova.Events.Outbox.MassTransit.Consuming;

/// <summary>What a consumer sees: its own context, whose <c>Publish</c> and <c>Send</c> lead to the outbox of its scope.</summary>
internal sealed class ConsumerOutboxContext<TConsumer, TMessage> : ConsumerConsumeContextProxy<TConsumer, TMessage>
    where TConsumer : class
    where TMessage : class
{
    public ConsumerOutboxContext(ConsumerConsumeContext<TConsumer, TMessage> context, ScopedOutbox outbox)
        : base(context, context.Consumer)
    {
        ReceiveContext = new Receiving(context.ReceiveContext, outbox, context);
        PublishEndpointProvider = ReceiveContext.PublishEndpointProvider;
        // A scheduler of the outer context would send past the outbox; this one's endpoints refuse what is scheduled.
        if (context.TryGetPayload<MessageSchedulerContext>(out var scheduler))
            context.AddOrUpdatePayload<MessageSchedulerContext>(() => Scheduler(scheduler), existing => Scheduler(existing));
    }

    private ConsumeMessageSchedulerContext Scheduler(MessageSchedulerContext outer) => new ConsumeMessageSchedulerContext(this, outer.SchedulerFactory);

    private sealed class Receiving(ReceiveContext context, ScopedOutbox outbox, ConsumeContext consumed) : ReceiveContextProxy(context)
    {
        public override IPublishEndpointProvider PublishEndpointProvider { get; } = new OutboxPublishEndpointProvider(outbox, context.PublishEndpointProvider);

        public override ISendEndpointProvider SendEndpointProvider { get; } = new OutboxSends(outbox, context.SendEndpointProvider, consumed);
    }
}
