using Confluent.Kafka;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>What a handler consumer asks of its membership; Kafka's client, or a log in memory in tests. Poll thread only, but for <see cref="CommittedAsync"/>.</summary>
internal interface IGroupMember
{
    /// <summary>To be committed within the commit interval.</summary>
    void Store(IReadOnlyList<CommittedOffset> offsets);

    /// <summary>Returns once they are committed.</summary>
    /// <exception cref="KafkaException">They are not.</exception>
    void Commit(IReadOnlyList<CommittedOffset> offsets);

    void Pause(IReadOnlyList<TopicPartition> partitions);

    void Resume(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Reads an assigned partition from <paramref name="offset"/> on.</summary>
    /// <exception cref="KafkaException">It is not read yet: try again.</exception>
    void Seek(TopicPartition partition, long offset);

    /// <summary>Where the log of an assigned partition ends, as far as is known here; null where it is not.</summary>
    long? KnownEnd(TopicPartition partition);

    /// <summary>Where the log ends, by its broker.</summary>
    /// <exception cref="KafkaException">It does not answer.</exception>
    long EndOf(TopicPartition partition);

    /// <summary>The group's committed offsets, of whichever member; without those that have none.</summary>
    Task<IReadOnlyDictionary<int, long>> CommittedAsync(string topic, IReadOnlyList<int> partitions);

    /// <summary>Waits a moment while the lanes work.</summary>
    void Yield();
}
