using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.Sink;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class SinkPartitionsTests
{
    private readonly KafkaOptions _kafka = new() { BootstrapServers = "127.0.0.1:1" };
    private readonly SinkConsumerOptions _options = new() { Group = "g", ReadRetryTopic = false };

    /// <summary>A rebalance in the middle of a stop may bring partitions: they would use up its drain time.</summary>
    [Fact]
    public void What_is_assigned_during_a_stop_is_not_begun()
    {
        using var letters = new DeadLetterWriter(_kafka, _options, NullLogger.Instance, TimeProvider.System);
        using var session = new SinkSession(_options, new TopicReader(_kafka), letters, NullLogger.Instance, TimeProvider.System);
        var work = new SinkPartitions([new SinkRoute(static _ => true, new RecordedTable("events"))], session);
        work.BeginDrain();
        work.Assigned([new(new CommittedOffset(new("t", 0), 7, ""), 3, 9), new(new CommittedOffset(new("t", 1), null, ""), 3, 9)]).ShouldBe([new("t", 0, 7), new("t", 1, 3)]);
        work.IsDrained.ShouldBeTrue();
        work.Read().ShouldBeEmpty();
        work.Revoked([new("t", 0)], TimeSpan.Zero);
    }

    /// <summary>Two processes of one name would fence each other, and a stopped one would keep its partitions for a session.</summary>
    [Fact]
    public void No_property_makes_a_sink_a_static_member()
    {
        _kafka.Properties["group.instance.id"] = "one";
        _options.ToConfig(_kafka).GroupInstanceId.ShouldBeNull();
    }
}
