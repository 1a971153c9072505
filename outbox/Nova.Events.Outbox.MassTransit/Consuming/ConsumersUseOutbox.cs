using MassTransit;
using MassTransit.Configuration;

namespace Nova.Events.Outbox.MassTransit.Consuming;

/// <summary>Puts the outbox around every consumer of an endpoint, inside its scope and its retries.</summary>
internal sealed class ConsumersUseOutbox : IConsumerConfigurationObserver
{
    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class => configurator.AddPipeSpecification(new Specification<TConsumer, TMessage>());

    private sealed class Specification<TConsumer, TMessage> : IPipeSpecification<ConsumerConsumeContext<TConsumer, TMessage>>
        where TConsumer : class
        where TMessage : class
    {
        public void Apply(IPipeBuilder<ConsumerConsumeContext<TConsumer, TMessage>> builder) => builder.AddFilter(new ConsumerOutboxFilter<TConsumer, TMessage>());

        public IEnumerable<ValidationResult> Validate() => [];
    }
}
