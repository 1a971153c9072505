using System.Globalization;
using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.DeadLetters;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>A group with dead letters.</summary>
internal sealed class RedriveRig(string bootstrapServers) : IDisposable
{
    private readonly RecordPublisher _publisher = new(new KafkaOptions { BootstrapServers = bootstrapServers }, TimeSpan.FromSeconds(20));

    public KafkaOptions Kafka { get; } = new() { BootstrapServers = bootstrapServers };

    public string Group { get; } = Fresh.Name("redrive");

    public static async Task<RedriveRig> CreateAsync(string bootstrapServers, int partitions = 2)
    {
        var rig = new RedriveRig(bootstrapServers);
        await new TopicSetup(rig.Kafka, new TopicOptions()).EnsureAsync([new(Topics.DeadLetters(rig.Group), partitions)]);
        return rig;
    }

    /// <summary>The id of the dead letter of that number.</summary>
    public Guid Id(int number) => DeadLetterWriter.IdOf(Group, "orders", 0, number);

    /// <summary>What a consumer writes about a record that it gives up.</summary>
    public RecordHeader[] About(int number, string topic = "orders", string reason = "It is not JSON.", int attempts = 1) =>
    [
        Header(HeaderNames.DeadLetterId, Id(number).ToString()), Header(HeaderNames.DeadLetterTopic, topic), Header(HeaderNames.DeadLetterPartition, "0"),
        Header(HeaderNames.DeadLetterOffset, number.ToString(CultureInfo.InvariantCulture)), Header(HeaderNames.DeadLetterTimestamp, "1700000000000"),
        Header(HeaderNames.DeadLetterGroup, Group), Header(HeaderNames.DeadLetterReason, reason), Header(HeaderNames.DeadLetterAttempts, attempts.ToString(CultureInfo.InvariantCulture)),
    ];

    public static RecordHeader Header(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    public Task WriteAsync(int number, string topic = "orders", string reason = "It is not JSON.", string type = "Placed", int attempts = 1) =>
        WriteAsync(Encoding.UTF8.GetBytes($"key {number % 10}"), Encoding.UTF8.GetBytes($"value {number}"), [Header(HeaderNames.EventType, type), .. About(number, topic, reason, attempts)]);

    public Task WriteAsync(byte[]? key, byte[]? value, RecordHeader[] headers) => _publisher.PublishAsync(new PublishRecord(Topics.DeadLetters(Group), key, value, headers));

    public Task WriteManyAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(number => WriteAsync(number)));

    public Task<DeadLetterLog> OpenAsync() => new DeadLetterReader(Kafka).OpenAsync(Group, CancellationToken.None);

    public async Task<RedriveOutcome> RedriveAsync(DeadLetterFilter? filter = null, bool again = false, int? max = null, Action<int>? redriven = null, CancellationToken stopping = default)
    {
        var log = await OpenAsync();
        return await new Redrive(Kafka, new TopicOptions(), TimeProvider.System).RunAsync(log, log.Catalog.Choose(filter ?? new DeadLetterFilter(), again, max), 100_000, redriven, stopping);
    }

    /// <summary>All letters of a log that was opened before.</summary>
    public Task<RedriveOutcome> RedriveAsync(DeadLetterLog log, double perSecond, Action<int>? redriven = null) =>
        new Redrive(Kafka, new TopicOptions(), TimeProvider.System).RunAsync(log, log.Catalog.Choose(new DeadLetterFilter(), again: true, max: null), perSecond, redriven, CancellationToken.None);

    /// <summary>Ids in the retry topic, partition by partition.</summary>
    public async Task<List<Guid>> RetriedAsync() => [.. (await LogAsync(Topics.Retry(Group))).Select(record => Guid.Parse(record.Header(HeaderNames.DeadLetterId)!))];

    public async Task<Dictionary<Guid, DeadLetterState>> StatesAsync() => (await LogAsync(Topics.DeadLetterState(Group)))
        .GroupBy(record => Guid.Parse(Encoding.UTF8.GetString(record.Key!))).ToDictionary(states => states.Key, states => DeadLetterState.Parse(states.Last().Value)!);

    public async Task<List<ConsumedRecord>> LogAsync(string topic)
    {
        var (reader, log) = (new TopicReader(Kafka), new List<ConsumedRecord>());
        foreach (var partition in await reader.SnapshotAsync(name => name == topic, CancellationToken.None))
            await foreach (var record in reader.ReadAsync(partition, CancellationToken.None)) log.Add(record);
        return log;
    }

    public void Dispose() => _publisher.Dispose();
}
