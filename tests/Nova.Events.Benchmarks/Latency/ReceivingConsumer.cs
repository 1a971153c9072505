using Confluent.Kafka;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Contracts;

namespace Nova.Events.Benchmarks.Latency;

/// <summary>The one consumer that notes when events arrive, the same for every publisher: it asks the broker to answer at once.</summary>
internal sealed class ReceivingConsumer : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly EventLedger _ledger;

    public ReceivingConsumer(PublisherPlace place, EventLedger ledger)
    {
        _ledger = ledger;
        var config = place.Kafka.ApplyTo(new ConsumerConfig(), "receiver");
        (config.GroupId, config.EnableAutoCommit, config.FetchWaitMaxMs, config.FetchQueueBackoffMs) = (place.Name, false, 10, 1);
        _consumer = new ConsumerBuilder<Ignore, Ignore>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        _consumer.Assign(Enumerable.Range(0, PublisherPlace.Partitions).Select(partition => new TopicPartitionOffset(place.Topic, partition, Offset.Beginning)));
    }

    /// <summary>Receives until all events are there or it is cancelled; on a thread of its own.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            while (_ledger.Received < _ledger.Events && !cancellationToken.IsCancellationRequested)
                if (_consumer.Consume(Poll) is { } result) _ledger.Receive(EventLedger.NumberOf(result.Message.Headers.GetLastBytes(HeaderNames.Id)));
        },
        cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => _consumer.Dispose();
}
