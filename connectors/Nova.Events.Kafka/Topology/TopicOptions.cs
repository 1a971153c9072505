using System.ComponentModel.DataAnnotations;

namespace Nova.Events.Kafka.Topology;

/// <summary>How missing topics are created. Section <c>Topics</c>.</summary>
public sealed class TopicOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Topics";

    /// <summary>Partitions of a topic. An existing topic with fewer is refused. Default 3.</summary>
    [Range(1, 10_000)]
    public int Partitions { get; set; } = 3;

    /// <summary>Replicas of a new topic; −1 for the broker's default. Default −1.</summary>
    [Range(-1, 100)]
    public short ReplicationFactor { get; set; } = -1;

    /// <summary>How long records are kept; at least as long as outbox rows. Default 7 days.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Largest record of a new topic in bytes; above the outbox's payload limit with its headers. Default 4 MiB.</summary>
    [Range(1 << 20, 1 << 30)]
    public int MaxRecordBytes { get; set; } = 4 << 20;
}
