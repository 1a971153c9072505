using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace Nova.Events.Kafka.Consuming;

/// <summary>What a consumer of either kind is told.</summary>
public abstract class ConsumerOptions
{
    /// <summary>Consumer group. Required.</summary>
    [Required]
    public string Group { get; set; } = "";

    /// <summary>Topics to read; one that begins with <c>^</c> is a regular expression. At least one.</summary>
    [MinLength(1)]
    public IList<string> Topics { get; } = [];

    /// <summary>How long the group waits for a member that is silent before its partitions go to others. Default 45 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long finishing what was taken may last, at a stop and when partitions are revoked; what is unfinished then is redelivered. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:04:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Bytes of records in memory, over all partitions, at which reading pauses. Default 256 MiB.</summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxBufferedBytes { get; set; } = 256L << 20;

    /// <summary>First pause before something is tried again; doubles up to <see cref="MaxRetryDelay"/>. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause before something is tried again. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the poll thread may be silent; more than any call of ours takes.</summary>
    internal TimeSpan MaxPollInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a topic that a regular expression names may go unnoticed.</summary>
    internal TimeSpan TopicRefresh { get; set; } = TimeSpan.FromSeconds(30);

    internal virtual IEnumerable<string> Subscription => Topics;

    internal TimeSpan DelayBefore(int attempt) =>
        TimeSpan.FromTicks(Math.Min(MaxRetryDelay.Ticks, RetryDelay.Ticks << Math.Min(attempt - 1, 20)));

    internal ConsumerConfig ToConfig(KafkaOptions kafka)
    {
        var config = kafka.ApplyTo(new ConsumerConfig(), Group);
        config.GroupId = Group;
        config.GroupProtocol = GroupProtocol.Classic;
        config.GroupInstanceId = null;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.SessionTimeoutMs = (int)SessionTimeout.TotalMilliseconds;
        config.HeartbeatIntervalMs = (int)Math.Min(3_000, SessionTimeout.TotalMilliseconds / 3);
        config.MaxPollIntervalMs = Math.Max((int)MaxPollInterval.TotalMilliseconds, config.SessionTimeoutMs.Value);
        config.EnableAutoOffsetStore = false;
        config.AutoOffsetReset = AutoOffsetReset.Error;
        config.EnablePartitionEof = true;
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        config.AllowAutoCreateTopics = false;
        config.TopicMetadataRefreshIntervalMs = (int)TopicRefresh.TotalMilliseconds;
        // The default of one second throttles an idle consumer to 275,000 records a second; 0 spins. Measured: design/parts.md.
        config.FetchQueueBackoffMs = 5;
        config.QueuedMinMessages = 10_000;
        config.QueuedMaxMessagesKbytes = 32_768;
        config.FetchWaitMaxMs = 100;
        // Keeps the high watermark of paused partitions current.
        config.StatisticsIntervalMs = 5_000;
        return config;
    }
}
