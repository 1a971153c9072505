using MassTransit;

namespace Nova.Events.Outbox.MassTransit.Consuming;

/// <summary>Lets every endpoint read raw JSON beside MassTransit's envelope. The types that a record names are obeyed: a topic may hold several.</summary>
internal sealed class EndpointsReadRawJson : IConfigureReceiveEndpoint
{
    public void Configure(string name, IReceiveEndpointConfigurator configurator) => configurator.UseRawJsonDeserializer(RawSerializerOptions.CopyHeaders);
}
