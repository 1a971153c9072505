using Nova.Events.Cli.Running;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>The relay as it is shipped: <c>nova run relay</c>, all settings at their defaults but the names of the run.</summary>
internal sealed class NovaRelay : IPublisher
{
    public string Name => "nova";

    public string? Missing => null;

    public string Stream => "post";

    public ProcessSpec Prepare(PublisherPlace place) => Spec(place, new() { ["NOVA_RELAY__TOPICPREFIX"] = place.TopicPrefix });

    /// <summary>How the relay is run with some settings more.</summary>
    public static ProcessSpec Spec(PublisherPlace place, Dictionary<string, string> settings) => new()
    {
        Program = Command.Dotnet,
        Arguments = [typeof(Role).Assembly.Location, "run", "relay", "--port", "0"],
        Folder = place.Folder,
        Environment = new Dictionary<string, string>(settings)
        {
            ["NOVA_RELAY__CONNECTIONSTRING"] = place.ConnectionString,
            ["NOVA_RELAY__SLOT"] = place.Name,
            ["NOVA_RELAY__SOURCE"] = place.Name,
            ["NOVA_KAFKA__BOOTSTRAPSERVERS"] = place.Kafka.BootstrapServers,
        },
    };
}
