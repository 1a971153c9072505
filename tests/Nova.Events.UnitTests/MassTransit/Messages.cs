using MassTransit;

namespace Nova.Events.UnitTests.MassTransit;

/// <summary>Messages and consumers as a service on MassTransit has them: nothing in them knows of Nova.Events.</summary>
public sealed record OrderSubmitted(Guid OrderId, string Customer);

public sealed record OrderShipped(Guid OrderId);

public sealed record PaymentTaken(Guid CorrelationId, decimal Amount) : CorrelatedBy<Guid>;

public interface IOrderCancelled
{
    Guid OrderId { get; }
}

/// <summary>What consumers saw, and what they are to do.</summary>
public sealed class Seen
{
    public List<ConsumeContext<OrderSubmitted>> Orders { get; } = [];

    public List<ConsumeContext<IOrderCancelled>> Cancelled { get; } = [];

    /// <summary>Done by <see cref="OrderConsumer"/> with each order.</summary>
    public Func<ConsumeContext<OrderSubmitted>, Task> With { get; set; } = _ => Task.CompletedTask;
}

public sealed class OrderConsumer(Seen seen) : IConsumer<OrderSubmitted>, IConsumer<IOrderCancelled>
{
    public Task Consume(ConsumeContext<OrderSubmitted> context)
    {
        seen.Orders.Add(context);
        return seen.With(context);
    }

    public Task Consume(ConsumeContext<IOrderCancelled> context)
    {
        seen.Cancelled.Add(context);
        return Task.CompletedTask;
    }
}

public sealed class RetriedTwice : ConsumerDefinition<OrderConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<OrderConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseMessageRetry(retry => retry.Immediate(2));
}

public sealed class RetriedInItsScope : ConsumerDefinition<OrderConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<OrderConsumer> consumerConfigurator, IRegistrationContext context) =>
        consumerConfigurator.UseMessageRetry(retry => retry.Immediate(2));
}

public sealed class PaymentConsumer : IConsumer<PaymentTaken>
{
    public Task Consume(ConsumeContext<PaymentTaken> context) => Task.CompletedTask;
}

public sealed class BatchedConsumer : IConsumer<Batch<OrderSubmitted>>
{
    public Task Consume(ConsumeContext<Batch<OrderSubmitted>> context) => Task.CompletedTask;
}
