using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Outbox.MassTransit.Publishing;

namespace Nova.Events.Outbox.MassTransit.Consuming;

/// <summary>
/// Runs a consumer with the outbox of its scope. What it published and did not save is saved when it ends well, and taken back when it fails: a retry
/// in the same scope would otherwise publish it twice.
/// </summary>
internal sealed class ConsumerOutboxFilter<TConsumer, TMessage> : IFilter<ConsumerConsumeContext<TConsumer, TMessage>>
    where TConsumer : class
    where TMessage : class
{
    public async Task Send(ConsumerConsumeContext<TConsumer, TMessage> context, IPipe<ConsumerConsumeContext<TConsumer, TMessage>> next)
    {
        // A consumer that was built without the container has no scope, and no unit of work.
        if (!context.TryGetPayload<IServiceScope>(out var scope))
        {
            await next.Send(context);
            return;
        }

        var writer = scope.ServiceProvider.GetRequiredService<IOutboxWriter>();
        try
        {
            await next.Send(new ConsumerOutboxContext<TConsumer, TMessage>(context, scope.ServiceProvider.GetRequiredService<ScopedOutbox>()));
            await writer.FinishAsync(context.CancellationToken);
        }
        catch
        {
            writer.Discard();
            throw;
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("novaOutbox");
}
