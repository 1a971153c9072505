using Confluent.Kafka;

namespace Nova.Events.Kafka.Publishing;

/// <summary>Publishes single records and waits for their acknowledgement. One instance serves a process; it is safe for concurrent use.</summary>
public sealed class RecordPublisher : IDisposable
{
    private readonly LastingProducer _producer;
    private readonly string _bootstrapServers;

    /// <summary>A publisher whose records are given up after <paramref name="timeout"/> without an acknowledgement.</summary>
    public RecordPublisher(KafkaOptions kafka, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        _bootstrapServers = kafka.BootstrapServers;
        _producer = new LastingProducer(() => ProducerSettings.For(kafka, "publisher", TimeSpan.FromMilliseconds(2), timeout), timeout);
        // A setting that can't be used is told now, not to the first who publishes.
        _ = Client;
    }

    /// <summary>The client that publishes now.</summary>
    internal IProducer<byte[]?, byte[]?> Client => _producer.Current;

    /// <summary>Returns once Kafka has the record (acks=all). Cancelling stops the wait, not the record.</summary>
    /// <exception cref="PublishException">Kafka did not take it within the timeout, or never will.</exception>
    public async Task PublishAsync(PublishRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        var message = new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = new Headers() };
        foreach (var header in record.Headers) message.Headers.Add(header.Name, header.Value);
        try
        {
            await Client.ProduceAsync(record.Topic, message, cancellationToken);
        }
        catch (KafkaException exception)
        {
            throw Translate(record.Topic, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

    private PublishException Translate(string topic, KafkaException exception) => exception.Error.Code switch
    {
        ErrorCode.MsgSizeTooLarge => new PublishException(
            $"A record for topic '{topic}' is larger than the topic takes. Raise the topic's max.message.bytes, or send a reference.", isTransient: false, exception),
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => new PublishException(
            $"Topic '{topic}' does not exist at {_bootstrapServers}. Create it with 'nova up' or 'nova topics'.", isTransient: true, exception),
        _ => new PublishException(
            $"Kafka at {_bootstrapServers} did not take a record for topic '{topic}': {exception.Error.Reason}.",
            isTransient: !exception.Error.IsFatal, exception),
    };
}
