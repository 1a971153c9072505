using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>Consuming from Kafka, with our consumer's defaults: from the first record handled to the last, each slice in a group of its own.</summary>
internal sealed class KafkaWays(KafkaOptions kafka, int records)
{
    private const int Partitions = 3;
    private readonly string _topic = $"bench-masstransit-{Guid.CreateVersion7():n}";

    public async Task FillAsync(CancellationToken cancellationToken)
    {
        await new TopicSetup(kafka, new TopicOptions()).EnsureAsync([new(_topic, Partitions)], cancellationToken);
        using var producer = new ProducerBuilder<byte[], byte[]>(kafka.ApplyTo(new ProducerConfig { LingerMs = 20, EnableIdempotence = true, QueueBufferingMaxMessages = records + 1 }, "fill"))
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        for (var i = 0; i < records; i++)
        {
            var record = CostRecords.New(i);
            var headers = new Headers();
            foreach (var header in record.Headers) headers.Add(header.Name, header.Value);
            producer.Produce(_topic, new Message<byte[], byte[]> { Key = record.Key!, Value = record.Value!, Headers = headers });
        }

        producer.Flush(cancellationToken);
        using var ends = new EndOffsets(kafka, _topic, Partitions);
        if (await ends.SumAsync() is var filled && filled != records) throw new InvalidOperationException($"{_topic} holds {filled} records, not {records}.");
    }

    public IEnumerable<Way> All(IEnumerable<(string Name, IRecordHandler Handler)> handlers) => handlers.Select(way => new Way("kafka", way.Name, () => SliceAsync(way.Handler)));

    private async Task<Cost> SliceAsync(IRecordHandler handler)
    {
        var options = new HandlerConsumerOptions { Group = $"bench-{Guid.CreateVersion7():n}", SessionTimeout = TimeSpan.FromSeconds(10) };
        options.Topics.Add(_topic);
        GC.Collect();
        var counted = new Counted(handler, records);
        using var stop = new CancellationTokenSource();
        var consuming = new HandlerConsumer(options, kafka, counted, NullLogger<HandlerConsumer>.Instance, TimeProvider.System).RunAsync(stop.Token);
        await await Task.WhenAny(counted.Cost, consuming);
        await stop.CancelAsync();
        await consuming;
        return await counted.Cost;
    }

    private sealed class Counted(IRecordHandler handler, int records) : IRecordHandler
    {
        private readonly TaskCompletionSource<Cost> _cost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _started;
        private long _allocated;
        private int _handled;
        private int _begun;

        public Task<Cost> Cost => _cost.Task;

        public async ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _begun) == 1) (_started, _allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(precise: true));
            var outcome = await handler.HandleAsync(record, cancellationToken);
            if (outcome.Kind != OutcomeKind.Handled) _cost.TrySetException(new InvalidOperationException(outcome.Reason, outcome.Exception));
            else if (Interlocked.Increment(ref _handled) == records) _cost.TrySetResult(MassTransitCost.Cost.Since(_started, _allocated, records));
            return outcome;
        }
    }
}
