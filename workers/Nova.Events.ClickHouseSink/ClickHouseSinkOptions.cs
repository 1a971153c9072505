using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming.Sink;

namespace Nova.Events.ClickHouseSink;

/// <summary>Kafka to ClickHouse. Section <c>ClickHouseSink</c>.</summary>
public sealed class ClickHouseSinkOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "ClickHouseSink";

    /// <summary>Consumer group where none is configured.</summary>
    public const string DefaultGroup = "clickhouse-sink";

    /// <summary>Topics of domain events begin with this. Default <c>outbox.event.</c>.</summary>
    [Required]
    public string DomainTopicPrefix { get; set; } = Topics.OutboxPrefix;

    /// <summary>Topic of client events. Default <c>events</c>.</summary>
    [Required]
    public string ClientTopic { get; set; } = Topics.ClientEvents;

    /// <summary>Table of domain events. Default <c>outbox_events</c>.</summary>
    [Required, RegularExpression("[A-Za-z_][A-Za-z0-9_]*")]
    public string DomainTable { get; set; } = "outbox_events";

    /// <summary>Table of client events. Default <c>events_raw</c>.</summary>
    [Required, RegularExpression("[A-Za-z_][A-Za-z0-9_]*")]
    public string ClientTable { get; set; } = "events_raw";

    /// <summary>Preceding offsets among which the id of a client event must not occur. Default 100,000; a new owner reads that many back first.</summary>
    [Range(0, 10_000_000)]
    public int EventIdWindow { get; set; } = 100_000;

    /// <summary>Default <see cref="SinkDelivery.ExactlyOnce"/>. At least once is for measuring what exactly once costs, and for copies that are thrown away.</summary>
    public SinkDelivery Delivery { get; set; }

    /// <summary>Pause before the consumer starts over after a failure. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan RestartDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a partition may get nothing done while something is unfinished, before health is degraded. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Group (default <c>clickhouse-sink</c>), topics (default: every domain topic and the client topic), size and age of batches.
    /// </summary>
    [ValidateObjectMembers]
    public SinkConsumerOptions Consumer { get; set; } = new();

    internal void Complete()
    {
        if (Consumer.Group.Length == 0) Consumer.Group = DefaultGroup;
        if (Consumer.Topics.Count > 0) return;
        Consumer.Topics.Add("^" + System.Text.RegularExpressions.Regex.Escape(DomainTopicPrefix) + ".*");
        Consumer.Topics.Add(ClientTopic);
    }
}
