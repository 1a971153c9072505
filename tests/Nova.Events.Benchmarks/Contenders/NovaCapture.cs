using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>The relay with a captured table, at its defaults; it reads the table only where that is asked for.</summary>
internal sealed class NovaCapture : IPublisher
{
    public string Name => "nova";

    public string? Missing => null;

    public string Stream => CapturedTopic.Table;

    public ProcessSpec Prepare(PublisherPlace place) => NovaRelay.Spec(place, new()
    {
        ["NOVA_RELAY__CAPTURE__TOPICPREFIX"] = place.TopicPrefix + CapturedTopic.Schema,
        ["NOVA_RELAY__SNAPSHOTS__INITIAL"] = "Never",
    });
}
