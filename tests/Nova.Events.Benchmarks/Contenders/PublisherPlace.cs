using Nova.Events.Kafka;
using Npgsql;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>Where a publisher reads and writes in one run.</summary>
/// <param name="Name">Of this run alone: prefix of its topics, name of its source.</param>
/// <param name="Slot">The slot that it reads.</param>
/// <param name="ConnectionString">The database.</param>
/// <param name="Kafka">The broker.</param>
/// <param name="Folder">Its files and its log.</param>
internal sealed record PublisherPlace(string Name, string Slot, string ConnectionString, KafkaOptions Kafka, string Folder)
{
    /// <summary>The one topic of the events.</summary>
    public string Topic => TopicPrefix + "post";

    public string TopicPrefix => Name + ".";

    public NpgsqlConnectionStringBuilder Database => new(ConnectionString);
}
