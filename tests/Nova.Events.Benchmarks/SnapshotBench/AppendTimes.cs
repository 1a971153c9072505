using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.Benchmarks.Contenders;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>Lets the broker write down when it appends a record, in place of the producer's own word.</summary>
internal static class AppendTimes
{
    public static async Task AskForAsync(PublisherPlace place)
    {
        using var admin = new AdminClientBuilder(place.Kafka.ApplyTo(new AdminClientConfig(), "admin")).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        await admin.IncrementalAlterConfigsAsync(new()
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = place.Topic }] =
                [new ConfigEntry { Name = "message.timestamp.type", Value = "LogAppendTime", IncrementalOperation = AlterConfigOpType.Set }],
        });
    }
}
