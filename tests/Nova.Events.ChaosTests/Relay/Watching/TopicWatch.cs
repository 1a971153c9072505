using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Nova.Events.ChaosTests.Checking;
using Nova.Events.ChaosTests.Watching;
using Nova.Events.Contracts;

namespace Nova.Events.ChaosTests.Relay.Watching;

/// <summary>Follows the topics beside the relays, and tells how long no new event came.</summary>
internal sealed class TopicWatch : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly PositionFilter _filter = new();
    private readonly Thread _thread;
    private volatile bool _disposing;

    public TopicWatch(string bootstrapServers, IEnumerable<TopicPartition> partitions)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = "chaos-watch", EnableAutoCommit = false, ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 100, FetchQueueBackoffMs = 5,
            AutoOffsetReset = AutoOffsetReset.Latest,
        };
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        _consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End)));
        _thread = new Thread(Follow) { IsBackground = true, Name = "topic watch" };
        _thread.Start();
    }

    public Silences Silences { get; } = new();

    public void Dispose()
    {
        _disposing = true;
        _thread.Join();
        _consumer.Dispose();
    }

    private void Follow()
    {
        while (!_disposing)
        {
            try
            {
                if (_consumer.Consume(Poll) is { } record) Note(record);
            }
            catch (ConsumeException)
            {
                // The broker is away; the client comes back by itself.
            }
        }
    }

    private void Note(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (!record.Message.Headers.TryGetLastBytes(HeaderNames.Position, out var position)
            || !record.Message.Headers.TryGetLastBytes(HeaderNames.OccurredAt, out var occurredAt)
            || _filter.IsRepeat(record.Topic, record.Partition.Value, Encoding.UTF8.GetString(position))
            || !DateTimeOffset.TryParse(Encoding.UTF8.GetString(occurredAt), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var written)) return;
        Silences.Arrived(written);
    }
}
