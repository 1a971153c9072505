using Nova.Events.LocalStack.Processes;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Kafka;

/// <summary>librdkafka's mock cluster in a process of its own: the last resort.</summary>
internal sealed class KafkaMock : IServerSource
{
    internal const string Lacks =
        "this is librdkafka's mock cluster, not Kafka: it keeps everything in memory and forgets it when it ends, and has no topic creation, "
        + "no offsets by time and no listing of groups; up, simulate, replay and verify work on it. For the real one set NOVA_KAFKA or KAFKA_HOME";

    public string Name => "mock";

    public async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        var addressFile = Path.Combine(place.Folder, "mock-bootstrap");
        File.Delete(addressFile);
        var topics = place.Options.MockTopics.Select(topic => $"{topic.Key}={topic.Value}");
        var spec = HostedProcess.Spec(place.Folder, [KafkaMockHost.Command, addressFile, .. topics]);
        var process = new ServerProcess(spec, token => ReadyAsync(addressFile, token), place.Options.StartTimeout, place.Time);
        await process.StartAsync(cancellationToken);
        var address = await File.ReadAllTextAsync(addressFile, cancellationToken);
        return new RunningServer(address, $"{address}, librdkafka's mock cluster") { Process = process, Limits = Lacks };
    }

    private static async Task<bool> ReadyAsync(string addressFile, CancellationToken cancellationToken) =>
        File.Exists(addressFile)
        && await KafkaCheck.AnswersAsync(await File.ReadAllTextAsync(addressFile, cancellationToken), TimeSpan.FromSeconds(2), cancellationToken);
}
