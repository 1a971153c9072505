using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Kafka.DeadLetters;

/// <summary>Writes a dead letter to the group's retry topic, and once that is acknowledged, its state.</summary>
internal sealed class RedriveProducer : IDisposable
{
    private static readonly TimeSpan MessageTimeout = TimeSpan.FromSeconds(30);
    private readonly string _states;
    private readonly string _retry;
    private readonly int _partitions;
    private readonly IProducer<byte[]?, byte[]?> _producer;

    public RedriveProducer(KafkaOptions kafka, string group, int retryPartitions)
    {
        (_retry, _states, _partitions) = (Topics.Retry(group), Topics.DeadLetterState(group), retryPartitions);
        var config = ProducerSettings.For(kafka, "redrive", TimeSpan.FromMilliseconds(5), MessageTimeout);
        // The topic decides what is too large, not the client.
        config.MessageMaxBytes = 32 << 20;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
    }

    /// <summary>The record is in the client's queue when this returns its task: calls one after the other keep their order.</summary>
    /// <exception cref="KafkaException">One of the two is not acknowledged.</exception>
    public async Task WriteAsync(DeadLetter letter, ConsumedRecord record, Func<DeadLetterState> stateOf)
    {
        var id = Encoding.UTF8.GetBytes(letter.Id.ToString("D"));
        // A letter without a key always goes to the same partition, too: repeats are told within one.
        var partition = Murmur2.PartitionOf(record.Key ?? id, _partitions);
        await _producer.ProduceAsync(new TopicPartition(_retry, partition), ToRetry(record));
        await _producer.ProduceAsync(_states, new Message<byte[]?, byte[]?> { Key = id, Value = stateOf().ToBytes() });
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

    private static Message<byte[]?, byte[]?> ToRetry(ConsumedRecord record)
    {
        var headers = new Headers();
        foreach (var header in record.Headers) headers.Add(header.Name == HeaderNames.Position ? HeaderNames.OriginalPosition : header.Name, header.Value);
        return new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = headers };
    }
}
