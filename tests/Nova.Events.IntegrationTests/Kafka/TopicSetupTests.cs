using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class TopicSetupTests(RunningServers servers)
{
    private readonly KafkaOptions _kafka = new() { BootstrapServers = servers.Kafka };
    private readonly string _topic = Fresh.Name("setup");

    [Fact]
    public async Task Missing_topics_are_made_once_even_by_two_at_a_time()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Setup().EnsureAsync([Setup().EventTopic(_topic)])));
        made.ShouldAllBe(partitions => partitions[_topic] == 3);
        (await Setup().EnsureAsync([new(_topic, 2)]))[_topic].ShouldBe(3, "more partitions than needed are welcome");
    }

    [SkippableFact]
    public async Task A_new_topic_has_the_configured_limits()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster knows no topic settings");
        await Setup(new TopicOptions { Retention = TimeSpan.FromHours(5), MaxRecordBytes = 3 << 20 }).EnsureAsync([new(_topic, 1), new(_topic + "_state", 1, TopicKeeping.LastOfEachKey)]);
        (await ConfigAsync(_topic, "retention.ms"), await ConfigAsync(_topic, "max.message.bytes"), await ConfigAsync(_topic, "cleanup.policy")).ShouldBe(("18000000", "3145728", "delete"));
        (await ConfigAsync(_topic + "_state", "retention.ms"), await ConfigAsync(_topic + "_state", "cleanup.policy")).ShouldBe(("-1", "compact"));
    }

    [SkippableFact]
    public async Task A_topic_with_fewer_partitions_than_configured_is_refused_with_the_remedy()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster makes topics of its own accord");
        await Setup().EnsureAsync([new(_topic, 2)]);
        var refused = await Should.ThrowAsync<TopicMismatchException>(Setup().EnsureAsync([Setup().EventTopic(_topic)]));
        refused.Topic.ShouldBe(_topic);
        refused.Message.ShouldBe($"Topic '{_topic}' has 2 partition(s), 3 are configured. Lower Topics:Partitions to 2; growing a topic moves keys to other partitions and needs 'nova topics grow'.");
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_named_with_the_setting()
    {
        var nowhere = new TopicSetup(new KafkaOptions { BootstrapServers = "127.0.0.1:1" }, new TopicOptions());
        var message = (await Should.ThrowAsync<KafkaUnavailableException>(nowhere.EnsureAsync([new(_topic, 1)]))).Message;
        message.ShouldStartWith("Kafka at 127.0.0.1:1 can't be reached: ");
        message.ShouldEndWith(" Start it, or set Kafka:BootstrapServers (NOVA_KAFKA).");
    }

    private Task<string> ConfigAsync(string topic, string name) => ConfigAsync(_kafka, topic, name);

    private TopicSetup Setup(TopicOptions? options = null) => new(_kafka, options ?? new TopicOptions());

    internal static async Task<string> ConfigAsync(KafkaOptions kafka, string topic, string name)
    {
        using var admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig(), "test")).Build();
        var described = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = topic }]);
        return described[0].Entries[name].Value;
    }
}
