using Confluent.Kafka;
using Nova.Events.ChaosTests.Writing;

namespace Nova.Events.ChaosTests.Sink.Writing;

/// <summary>
/// Writes to one topic at a given rate, whatever becomes of the records; each partition in order, also while the broker is away. A producer that can't go on
/// is replaced: what it had not written may be in the log or not, which the log itself tells.
/// </summary>
internal sealed class RecordWriter(string bootstrapServers, string topic, double rate, Func<IEnumerable<ChaosRecord>> next, WriterTally tally)
{
    /// <summary>Calls in one beat.</summary>
    private const int Burst = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private volatile bool _isFatal;

    /// <summary>Writes until <paramref name="stop"/>, then waits for what is on its way.</summary>
    public Task RunAsync(CancellationToken stop) => Task.Run(() => WriteAsync(stop), CancellationToken.None);

    private async Task WriteAsync(CancellationToken stop)
    {
        var rhythm = new Rhythm(TimeSpan.FromSeconds(Burst / rate));
        while (!stop.IsCancellationRequested)
        {
            _isFatal = false;
            using var producer = Build();
            while (!stop.IsCancellationRequested && !_isFatal)
            {
                await rhythm.NextAsync(stop);
                foreach (var record in Enumerable.Range(0, Burst).SelectMany(_ => next())) await ProduceAsync(producer, record, stop);
            }

            if (!_isFatal) producer.Flush(Patience);
        }
    }

    private async Task ProduceAsync(IProducer<byte[]?, byte[]?> producer, ChaosRecord record, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                producer.Produce(topic, record.ToMessage(), tally.Note);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> refused) when (refused.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Rhythm.DelayAsync(Pause, stop);
            }
            catch (ProduceException<byte[]?, byte[]?>)
            {
                _isFatal = true;
                return;
            }
        }
    }

    private IProducer<byte[]?, byte[]?> Build() => new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
    {
        BootstrapServers = bootstrapServers, EnableIdempotence = true, Acks = Acks.All, LingerMs = 5, MessageTimeoutMs = 0, Partitioner = Partitioner.Murmur2Random,
        ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 200,
    }).SetErrorHandler((_, error) => _isFatal |= error.IsFatal).SetLogHandler(static (_, _) => { }).Build();
}
