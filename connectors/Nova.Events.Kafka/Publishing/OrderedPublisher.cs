using Confluent.Kafka;
using Nova.Events.Kafka.Publishing.Native;

namespace Nova.Events.Kafka.Publishing;

/// <summary>
/// Publishes records in the order of the calls, many in flight, none timing out. After a failed delivery it takes no more: a record behind
/// the failed one must not be published before it. Dispose it then, and build a new one. The caller bounds what is in flight.
/// </summary>
public sealed class OrderedPublisher : IDisposable
{
    /// <summary>Sequences that are reported at once, at most.</summary>
    public const int MaxReportsAtOnce = 4_096;

    private const string TooLarge = "Message size too large";
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);
    private readonly NativeProducer _producer;
    private readonly Action<ReadOnlyMemory<long>> _acknowledged;
    private readonly Action<PublishException> _failed;
    private readonly Thread _reports;
    private volatile bool _disposing;
    private PublishException? _failure;

    /// <summary>A publisher that reports each record once, by its sequence, on a thread of its own.</summary>
    /// <param name="kafka">Where to.</param>
    /// <param name="linger">How long a batch waits for more records.</param>
    /// <param name="maxBatchBytes">Largest batch; not above the smallest <c>max.message.bytes</c> of its topics.</param>
    /// <param name="acknowledged">Called with the sequences of acknowledged records, in no promised order.</param>
    /// <param name="failed">Called once, at the first failure.</param>
    public OrderedPublisher(KafkaOptions kafka, TimeSpan linger, int maxBatchBytes, Action<ReadOnlyMemory<long>> acknowledged, Action<PublishException> failed)
    {
        (_acknowledged, _failed) = (acknowledged, failed);
        var config = ProducerSettings.For(kafka, "relay", linger, Timeout.InfiniteTimeSpan);
        config.BatchSize = Math.Min(config.BatchSize!.Value, maxBatchBytes);
        // The caller's budget is the bound.
        config.QueueBufferingMaxKbytes = int.MaxValue;
        config.QueueBufferingMaxMessages = 0;
        // A record that the broker refuses for good ends the producer: none behind it is sent, so the tail has no hole.
        config.EnableGaplessGuarantee = true;
        _producer = new NativeProducer(config);
        _reports = new Thread(Report) { IsBackground = true, Name = "nova publisher reports" };
        _reports.Start();
    }

    /// <summary>A topic that this publisher writes to.</summary>
    public PublisherTopic Topic(string name) => new(name, _producer.Topic(name));

    /// <summary>Enqueues a copy of one record for a partition.</summary>
    /// <exception cref="PublishException">It, or a record before it, can't be published.</exception>
    public void Enqueue(PublisherTopic topic, int partition, RecordBuilder record, long sequence)
    {
        if (_failure is { } failure) throw failure;
        if (_producer.Produce(topic.Handle, partition, record, sequence) is not ErrorCode.NoError and var code)
        {
            Fail(topic.Name, new Error(code));
            throw _failure!;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposing = true;
        _reports.Join();
        _producer.Dispose();
    }

    private void Report()
    {
        var sequences = new long[MaxReportsAtOnce];
        while (!_disposing) _producer.Poll(PollTimeout, sequences, _acknowledged, Fail);
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
    }
}

/// <summary>A topic of an <see cref="OrderedPublisher"/>.</summary>
public sealed class PublisherTopic
{
    internal PublisherTopic(string name, nint handle) => (Name, Handle) = (name, handle);

    /// <summary>Its name.</summary>
    public string Name { get; }

    internal nint Handle { get; }
}
