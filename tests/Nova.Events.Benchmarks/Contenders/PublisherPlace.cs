using Nova.Events.Benchmarks.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Npgsql;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>Where a publisher reads and writes in one run.</summary>
/// <param name="Name">Of this run alone: its slot, its source, the prefix of its topics.</param>
/// <param name="ConnectionString">The database.</param>
/// <param name="Kafka">The broker.</param>
/// <param name="Folder">Its files and its log.</param>
/// <param name="Stream">What its topic is called behind the prefix.</param>
internal sealed record PublisherPlace(string Name, string ConnectionString, KafkaOptions Kafka, string Folder, string Stream)
{
    /// <summary>Partitions of <see cref="Topic"/>.</summary>
    public const int Partitions = 3;

    /// <summary>The one topic of the events.</summary>
    public string Topic => TopicPrefix + Stream;

    public string TopicPrefix => Name + ".";

    public NpgsqlConnectionStringBuilder Database => new(ConnectionString);

    /// <summary>A place with its folder and its topic, the same kind of topic for every publisher; the slot is the caller's.</summary>
    public static async Task<PublisherPlace> MakeAsync(IPublisher publisher, BenchServers servers, BenchDatabase database, CancellationToken cancellationToken)
    {
        var name = $"{publisher.Name}_{Guid.CreateVersion7():n}";
        var place = new PublisherPlace(name, database.ConnectionString, servers.Kafka, servers.ContenderFolder(name), publisher.Stream);
        await new TopicSetup(servers.Kafka, new TopicOptions()).EnsureAsync([new TopicSpecification(place.Topic, Partitions)], cancellationToken);
        return place;
    }
}
