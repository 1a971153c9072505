using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>A consumer that inserts offset ranges into tables, each exactly once. A batch ends at the first of its three limits.</summary>
public sealed class SinkConsumerOptions : ConsumerOptions
{
    /// <summary>The same with a bound of 128 MiB on what is in memory: rows take a third of their records' bytes.</summary>
    public SinkConsumerOptions() => MaxBufferedBytes = 128L << 20;

    /// <summary>Records after which a batch is inserted. Default 100,000.</summary>
    [Range(1, 1_000_000)]
    public int BatchRows { get; set; } = 100_000;

    /// <summary>Bytes of records after which a batch is inserted. Default 32 MiB.</summary>
    [Range(1L << 10, 1L << 30)]
    public long BatchBytes { get; set; } = 32L << 20;

    /// <summary>Age of its oldest record after which a batch is inserted. Default 1 s; less is fresher and makes more parts in the table.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan BatchAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a finished batch waits for the next one, so that one commit serves both. Default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan IntentLinger { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Inserts under way at the same time, over all partitions. Default 4.</summary>
    [Range(1, 64)]
    public int ConcurrentInserts { get; set; } = 4;

    /// <summary>
    /// Whether <c>{group}.retry</c> is read besides, once it is there: redriven dead letters come from it, each into the table of the topic that it was
    /// published to. Default true.
    /// </summary>
    public bool ReadRetryTopic { get; set; } = true;

    internal override IEnumerable<string> Subscription =>
        ReadRetryTopic ? [.. Topics, $"^{Regex.Escape(Contracts.Topics.Retry(Group))}$"] : Topics;

    /// <summary>True for a topic that the group reads.</summary>
    internal bool Reads(string topic) =>
        Topics.Any(name => name.StartsWith('^') ? Regex.IsMatch(topic, name, RegexOptions.None, TimeSpan.FromSeconds(1)) : name == topic);
}
