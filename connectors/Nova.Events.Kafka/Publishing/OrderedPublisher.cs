using Confluent.Kafka;

namespace Nova.Events.Kafka.Publishing;

/// <summary>
/// Publishes records in the order of the calls, many in flight, none timing out. After a failed delivery it takes no more: a record behind
/// the failed one must not be published before it. Dispose it then, and build a new one.
/// </summary>
public sealed class OrderedPublisher : IDisposable
{
    private const string TooLarge = "Message size too large";
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly SemaphoreSlim _room = new(0, 1);
    private readonly long _maxInFlightBytes;
    private readonly Action<long> _acknowledged;
    private readonly Action<PublishException> _failed;
    private long _inFlightBytes;
    private PublishException? _failure;

    /// <summary>A publisher that reports each record once, by its sequence, on threads of its own.</summary>
    /// <param name="kafka">Where to.</param>
    /// <param name="linger">How long a batch waits for more records.</param>
    /// <param name="maxInFlightBytes">Bytes that may wait for their acknowledgement.</param>
    /// <param name="acknowledged">Called with the sequence of each acknowledged record, in no promised order.</param>
    /// <param name="failed">Called once, at the first failure.</param>
    public OrderedPublisher(
        KafkaOptions kafka, TimeSpan linger, long maxInFlightBytes, Action<long> acknowledged, Action<PublishException> failed)
    {
        (_maxInFlightBytes, _acknowledged, _failed) = (maxInFlightBytes, acknowledged, failed);
        var config = ProducerSettings.For(kafka, "relay", linger, Timeout.InfiniteTimeSpan);
        config.QueueBufferingMaxKbytes = (int)Math.Min(int.MaxValue, (maxInFlightBytes / 1024 * 2) + (32 << 10));
        config.QueueBufferingMaxMessages = 0;
        config.DeliveryReportFields = "none";
        // A record that the broker refuses for good ends the producer: none behind it is sent, so the tail has no hole.
        config.EnableGaplessGuarantee = true;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, error) =>
            {
                if (error.IsFatal) Fail(topic: null, error);
            })
            .SetLogHandler(static (_, _) => { })
            .Build();
    }

    /// <summary>True while records wait for their acknowledgement.</summary>
    public bool IsBusy => Volatile.Read(ref _inFlightBytes) > 0;

    /// <summary>True if another record may be enqueued now; otherwise <see cref="WaitForRoomAsync"/> first.</summary>
    public bool HasRoom => Volatile.Read(ref _inFlightBytes) < _maxInFlightBytes;

    /// <summary>Returns once there is room in the byte budget, or after a failure.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (!HasRoom && _failure is null) await _room.WaitAsync(cancellationToken);
    }

    /// <summary>Enqueues one record for a partition.</summary>
    /// <exception cref="PublishException">It, or a record before it, can't be published.</exception>
    public void Enqueue(PublishRecord record, int partition, long sequence)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (_failure is { } failure) throw failure;
        var message = new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = new Headers() };
        foreach (var header in record.Headers) message.Headers.Add(header.Name, header.Value);
        var size = record.SizeInBytes;
        Interlocked.Add(ref _inFlightBytes, size);
        try
        {
            _producer.Produce(new TopicPartition(record.Topic, partition), message, report => Report(report.Error, record.Topic, size, sequence));
        }
        catch (KafkaException exception)
        {
            Fail(record.Topic, exception.Error);
            throw _failure!;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _producer.Dispose();
        _room.Dispose();
    }

    private void Report(Error error, string topic, int size, long sequence)
    {
        var inFlight = Interlocked.Add(ref _inFlightBytes, -size);
        if (error.IsError) Fail(topic, error);
        else _acknowledged(sequence);
        if (inFlight < _maxInFlightBytes) SignalRoom();
    }

    /// <summary>Notes the first failure. A fatal one names no topic of its own; the client's reason does, and says what the broker refused.</summary>
    private void Fail(string? topic, Error error)
    {
        var tooLarge = error.Code == ErrorCode.MsgSizeTooLarge || error.Reason.Contains(TooLarge, StringComparison.Ordinal);
        var where = topic is null ? "" : $" for topic '{topic}'";
        var remedy = tooLarge ? " Raise the topic's max.message.bytes; the relay goes on by itself." : "";
        var failure = new PublishException(
            $"Kafka did not take a record{where}: {error.Reason} ({error.Code}).{remedy}",
            isTransient: !tooLarge && error.Code != ErrorCode.Local_GaplessGuarantee);
        if (Interlocked.CompareExchange(ref _failure, failure, null) is null) _failed(failure);
        SignalRoom();
    }

    private void SignalRoom()
    {
        try
        {
            if (_room.CurrentCount == 0) _room.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else signalled, or nobody waits any more.
        }
    }
}
