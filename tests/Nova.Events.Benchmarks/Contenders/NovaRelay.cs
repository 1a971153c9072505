using Nova.Events.Cli.Running;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>The relay as it is shipped: <c>nova run relay</c>, all settings at their defaults but the names of the run.</summary>
internal sealed class NovaRelay : IPublisher
{
    public string Name => "nova";

    public string? Missing => null;

    public ProcessSpec Prepare(PublisherPlace place) => new()
    {
        Program = Command.Dotnet,
        Arguments = [typeof(Role).Assembly.Location, "run", "relay", "--port", "0"],
        Folder = place.Folder,
        Environment = new Dictionary<string, string>
        {
            ["NOVA_RELAY__CONNECTIONSTRING"] = place.ConnectionString,
            ["NOVA_RELAY__SLOT"] = place.Name,
            ["NOVA_RELAY__SOURCE"] = place.Name,
            ["NOVA_RELAY__TOPICPREFIX"] = place.TopicPrefix,
            ["NOVA_KAFKA__BOOTSTRAPSERVERS"] = place.Kafka.BootstrapServers,
        },
    };
}
