using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;

namespace Nova.Events.Benchmarks.Consuming;

/// <summary>Our consumer with its defaults: keyed lanes, the position rule, offsets committed every second; the handler does nothing.</summary>
internal static class LaneWay
{
    public static async Task<ConsumeRun> RunAsync(KafkaOptions kafka, ConsumeTopic topic, ConsumeOptions bench)
    {
        var options = new HandlerConsumerOptions { Group = $"bench-{Guid.CreateVersion7():n}", Lanes = bench.Lanes };
        options.Topics.Add(topic.Name);
        var handler = new CountingHandler(bench.Records);
        using var stop = new CancellationTokenSource();
        var consuming = new HandlerConsumer(options, kafka, handler, NullLogger<HandlerConsumer>.Instance, TimeProvider.System).RunAsync(stop.Token);
        await await Task.WhenAny(handler.Run, consuming);
        await stop.CancelAsync();
        await consuming;
        return await handler.Run;
    }

    private sealed class CountingHandler(int records) : IRecordHandler
    {
        private readonly TaskCompletionSource<ConsumeRun> _run = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Stretch? _stretch;
        private int _handled;

        public Task<ConsumeRun> Run => _run.Task;

        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
        {
            if (_stretch is null) Interlocked.CompareExchange(ref _stretch, new Stretch(), null);
            if (Interlocked.Increment(ref _handled) == records) _run.TrySetResult(_stretch!.End(records));
            return ValueTask.FromResult(Outcome.Handled);
        }
    }
}
