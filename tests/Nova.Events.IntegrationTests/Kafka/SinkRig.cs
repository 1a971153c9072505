using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Blocks;
using Nova.Events.ClickHouse.Inserting;
using Nova.Events.ClickHouse.Schema;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.DeadLetters;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>A topic, a group and a database of a test's own, and sinks between them.</summary>
internal sealed class SinkRig : IAsyncDisposable
{
    private const int Partitions = 1;
    private readonly string _name = "t" + Guid.CreateVersion7().ToString("N");
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private uint _position;

    private SinkRig(RunningServers servers, bool clientEvents)
    {
        Kafka = new KafkaOptions { BootstrapServers = servers.Kafka };
        IsClientEvents = clientEvents;
        Topic = clientEvents ? "events-" + _name : Topics.OutboxPrefix + _name;
        Options = new SinkConsumerOptions { Group = "sink-" + _name, BatchRows = 50, BatchAge = TimeSpan.FromMilliseconds(50), RetryDelay = TimeSpan.FromMilliseconds(20), SessionTimeout = TimeSpan.FromSeconds(10), DrainTimeout = TimeSpan.FromSeconds(5) };
        Options.Topics.Add(Topic);
        Client = new ClickHouseClient(new ClickHouseOptions { Url = servers.ClickHouse.ToString(), Database = _name });
        Sink = new ClickHouseBatchSink(Client, Table, Encoder, NullLogger<ClickHouseBatchSink>.Instance, TimeProvider.System);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(Kafka.ApplyTo(new ProducerConfig { LingerMs = 2, MessageMaxBytes = 16 << 20 }, "test")).Build();
    }

    public bool IsClientEvents { get; }

    public KafkaOptions Kafka { get; }

    public string Topic { get; }

    public string Table => IsClientEvents ? "events_raw" : "outbox_events";

    public SinkConsumerOptions Options { get; }

    public ClickHouseClient Client { get; }

    public IBatchSink Sink { get; set; }

    public int? Window { get; set; }

    /// <summary>Of client events beside <see cref="Topic"/>; null where that one is theirs.</summary>
    public string? ClientTopic { get; private set; }

    public IBatchSink? ClientSink { get; set; }

    public ILogger<SinkConsumer> Logger { get; set; } = NullLogger<SinkConsumer>.Instance;

    public string RetryTopic => Topics.Retry(Options.Group);

    private RowEncoder Encoder => IsClientEvents ? new ClientEventEncoder(ClientEventTypes.All) : new DomainEventEncoder();

    public static async Task<SinkRig> StartAsync(RunningServers servers, bool clientEvents = false, int partitions = Partitions)
    {
        var rig = new SinkRig(servers, clientEvents) { Window = clientEvents ? 100 : null };
        await new SchemaMigrator(rig.Client).UpAsync(CancellationToken.None);
        await new TopicSetup(rig.Kafka, new TopicOptions()).EnsureAsync([new(rig.Topic, partitions)]);
        await rig.EnsureDeadLettersAsync();
        return rig;
    }

    /// <summary>A second topic, whose client events go to <c>events_raw</c>; of types that are not <paramref name="taken"/> the sink knows nothing.</summary>
    public async Task AddClientTopicAsync(params string[] taken)
    {
        if (ClientTopic is null)
        {
            ClientTopic = "events-" + _name;
            Options.Topics.Add(ClientTopic);
            await new TopicSetup(Kafka, new TopicOptions()).EnsureAsync([new(ClientTopic, Partitions)]);
        }

        ClientSink = new ClickHouseBatchSink(Client, "events_raw", new ClientEventEncoder(taken), NullLogger<ClickHouseBatchSink>.Instance, TimeProvider.System);
    }

    public Task<long> LikeAsync(long post, Guid? id = null, Position? position = null, string? payload = null, string type = "PostLiked") => ProduceAsync(
        payload ?? $"{{\"post_id\": {post}, \"post_author_id\": 2, \"user_id\": 3}}",
        (HeaderNames.Id, (id ?? Guid.CreateVersion7()).ToString()),
        (HeaderNames.EventType, type),
        (HeaderNames.Position, new SourcePosition("main", position ?? Position.Of(1, 100, _position++)).ToString()));

    public Task<long> ViewAsync(long post, Guid? id = null, string type = "view") => ProduceToAsync(
        ClientTopic ?? Topic,
        "k",
        $"{{\"user_id\":1,\"post_id\":{post},\"author_id\":2,\"occurred_at\":\"2026-01-01T00:00:00Z\"}}",
        (HeaderNames.Id, (id ?? Guid.CreateVersion7()).ToString()),
        (HeaderNames.EventType, type));

    public async Task<long> LikesAsync(int count)
    {
        var offsets = await Task.WhenAll(Enumerable.Range(0, count).Select(i => LikeAsync(i % 7)));
        return offsets.Max();
    }

    /// <summary>Writes them all in order; answers the last offset.</summary>
    public long ProduceMany(IEnumerable<Message<byte[]?, byte[]?>> messages)
    {
        var last = -1L;
        foreach (var message in messages)
            while (!TryProduce(message)) _producer.Poll(TimeSpan.FromMilliseconds(10));
        _producer.Flush(TimeSpan.FromSeconds(60));
        return Volatile.Read(ref last);

        bool TryProduce(Message<byte[]?, byte[]?> message)
        {
            try
            {
                _producer.Produce(new TopicPartition(Topic, 0), message, report => Volatile.Write(ref last, report.Offset.Value));
                return true;
            }
            catch (ProduceException<byte[]?, byte[]?> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                return false;
            }
        }
    }

    /// <summary>Likes over every partition, each with a position above those before it.</summary>
    public Task SpreadAsync(int count, int bytes = 0) => Task.WhenAll(Enumerable.Range(0, count).Select(i => ProduceToAsync(
        Topic,
        "key" + i.ToString(CultureInfo.InvariantCulture),
        $"{{\"post_id\": 1, \"more\": \"{new string('x', bytes)}\"}}",
        (HeaderNames.Id, Guid.CreateVersion7().ToString()),
        (HeaderNames.EventType, "PostLiked"),
        (HeaderNames.Position, new SourcePosition("main", Position.Of(1, 100, _position++)).ToString()))));

    /// <summary>Runs a sink until the table holds that many rows.</summary>
    public async Task RunUntilRowsAsync(long rows)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var committed = new SemaphoreSlim(0);
        var running = NewConsumer(step => { if (step == SinkStep.CommittedPast) committed.Release(); }).RunAsync(stop.Token);
        while (await RowsAsync() < rows) await committed.WaitAsync(stop.Token);
        await stop.CancelAsync();
        await running;
    }

    public Task<long> ProduceAsync(string value, params (string Name, string Value)[] headers) => ProduceToAsync(Topic, "k", value, headers);

    public async Task<long> ProduceToAsync(string topic, string key, string value, params (string Name, string Value)[] headers)
    {
        var message = new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(value), Headers = [] };
        foreach (var header in headers) message.Headers.Add(header.Name, Encoding.UTF8.GetBytes(header.Value));
        return (await _producer.ProduceAsync(topic, message)).Offset.Value;
    }

    public SinkConsumer NewConsumer(Action<SinkStep>? afterStep = null) => new(Options, Kafka, Routes(), Logger, TimeProvider.System) { AfterStep = afterStep };

    private IReadOnlyList<SinkRoute> Routes() =>
        ClientSink is { } client
            ? [new SinkRoute(topic => topic.StartsWith(Topic, StringComparison.Ordinal), Sink), new SinkRoute(topic => topic == ClientTopic, client, EventIdWindow: 100)]
            : [new SinkRoute(_ => true, Sink, Window)];

    /// <summary>Runs a sink until the offset is committed past, and stops it in order.</summary>
    public Task RunPastAsync(long offset, string? topic = null) => RunPastAsync((topic ?? Topic, offset));

    /// <summary>The same for offsets of several topics.</summary>
    public async Task RunPastAsync(params (string Topic, long Offset)[] ends)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var committed = new SemaphoreSlim(0);
        var running = NewConsumer(step => { if (step == SinkStep.CommittedPast) committed.Release(); }).RunAsync(stop.Token);
        while (ends.Any(end => Committed(end.Topic).Offset is not { } reached || reached <= end.Offset))
        {
            if (await Task.WhenAny(committed.WaitAsync(stop.Token), running) == running) await running;
            stop.Token.ThrowIfCancellationRequested();
        }

        await stop.CancelAsync();
        await running;
    }

    /// <summary>Redrives what the group's dead letters hold, as <c>nova dlq redrive</c> does; answers how many it wrote.</summary>
    public async Task<int> RedriveAsync(bool again = false, int? max = null)
    {
        var log = await new DeadLetterReader(Kafka).OpenAsync(Options.Group, CancellationToken.None);
        var letters = log.Catalog.Choose(new DeadLetterFilter(), again, max);
        return (await new Redrive(Kafka, new TopicOptions(), TimeProvider.System).RunAsync(log, letters, 1_000_000, redriven: null, CancellationToken.None)).Redriven;
    }

    /// <summary>Runs a sink until it has committed past all that the retry topic holds.</summary>
    public Task RunRetriesAsync()
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(Kafka.ApplyTo(new ConsumerConfig { GroupId = "look" }, "look")).Build();
        return RunPastAsync(reader.QueryWatermarkOffsets(new TopicPartition(RetryTopic, 0), TimeSpan.FromSeconds(10)).High.Value - 1, RetryTopic);
    }

    public CommittedOffset Committed(string? topic = null)
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(Kafka.ApplyTo(new ConsumerConfig { GroupId = Options.Group }, "look")).Build();
        return CommitMetadata.Committed(reader, [new TopicPartition(topic ?? Topic, 0)], TimeSpan.FromSeconds(10))[0];
    }

    /// <summary>The group's members as the broker knows them; one that left and came back has another id.</summary>
    public List<MemberDescription> Members()
    {
        using var admin = new AdminClientBuilder(Kafka.ApplyTo(new AdminClientConfig(), "look")).Build();
        return admin.DescribeConsumerGroupsAsync([Options.Group]).GetAwaiter().GetResult().ConsumerGroupDescriptions[0].Members;
    }

    public void Commit(long offset, Events.Kafka.Consuming.State.CommittedState state)
    {
        using var writer = new ConsumerBuilder<byte[], byte[]>(Kafka.ApplyTo(new ConsumerConfig { GroupId = Options.Group }, "look")).Build();
        CommitMetadata.Commit(writer, [new CommittedOffset(new TopicPartition(Topic, 0), offset, state.ToText(offset)!)]);
    }

    /// <summary>As if the group had never committed anything of the topic.</summary>
    public void Forget(string topic)
    {
        using var writer = new ConsumerBuilder<byte[], byte[]>(Kafka.ApplyTo(new ConsumerConfig { GroupId = Options.Group }, "look")).Build();
        CommitMetadata.Commit(writer, [new CommittedOffset(new TopicPartition(topic, 0), 0, "")]);
    }

    public Task EnsureDeadLettersAsync()
    {
        var topics = new TopicSetup(Kafka, new TopicOptions { Partitions = Partitions });
        return topics.EnsureAsync([topics.DeadLetterTopic(Options.Group)]);
    }

    public async Task<long> CountAsync(string expression, string table) => (await Client.QueryAsync(
        $"SELECT toInt64({expression}) AS n FROM {table}", static row => row.GetProperty("n").GetInt64(), null, CancellationToken.None))[0];

    public Task<long> RowsAsync() => CountAsync("count()", Table);

    public Task<long> ViewAsync(string metric) => CountAsync($"sum({metric})", "post_metrics_1h");

    public List<ConsumeResult<byte[]?, byte[]?>> DeadLetters()
    {
        using var reader = new ConsumerBuilder<byte[]?, byte[]?>(Kafka.ApplyTo(
            new ConsumerConfig { GroupId = "look", EnablePartitionEof = true, AutoOffsetReset = AutoOffsetReset.Earliest }, "look")).Build();
        reader.Assign(new TopicPartitionOffset(Topics.DeadLetters(Options.Group), 0, Offset.Beginning));
        var letters = new List<ConsumeResult<byte[]?, byte[]?>>();
        while (reader.Consume(TimeSpan.FromSeconds(10)) is { IsPartitionEOF: false } letter) letters.Add(letter);
        return letters;
    }

    public async ValueTask DisposeAsync()
    {
        _producer.Dispose();
        await Client.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"DROP DATABASE {_name}"), CancellationToken.None);
        Client.Dispose();
    }
}
