using System.Runtime.InteropServices;
using Confluent.Kafka;
using Nova.Events.Kafka.Publishing.Native;

namespace Nova.Events.Kafka.Consuming.Native;

/// <summary>
/// The queue of a consumer, read in batches: the public client makes an object of each record and a string of each topic, and has no call for several
/// (measured: docs/performance.md). Everything else about the consumer stays with the public client, whose handlers are called from here as from its own Consume.
/// </summary>
internal sealed unsafe class RecordQueue : IDisposable
{
    private const int BatchSize = 512;
    private readonly SafeHandle _client;
    private readonly nint _queue;
    private readonly RdKafkaProducer.Message*[] _messages = new RdKafkaProducer.Message*[BatchSize];
    private readonly Dictionary<(nint Topic, int Partition), TopicPartition> _partitions = [];
    private readonly HeaderReader _headers = new();

    public RecordQueue(IClient client)
    {
        var referenced = false;
        _client = NativeClient.HandleOf(client);
        _client.DangerousAddRef(ref referenced);
        _queue = RdKafkaConsumer.ConsumerQueue(_client.DangerousGetHandle());
    }

    /// <summary>False where librdkafka is asked for headers.</summary>
    public bool ReadsHeadersItself => _headers.IsRaw;

    /// <summary>Hands over what is there, at most one batch; where nothing is, waits for the first record.</summary>
    /// <returns>Records, ends of partitions and errors that were handed over.</returns>
    public int Read(TimeSpan wait, IFetchedRecords target)
    {
        // The native call returns early only when its array is full, so it waits for a single one.
        var count = Fetch(0, BatchSize);
        if (count == 0) count = Fetch((int)wait.TotalMilliseconds, 1);
        var given = 0;
        try
        {
            for (; given < count; given++) Give(_messages[given], target);
        }
        finally
        {
            // A topic's handle lives as long as its messages do: another topic may have it next time.
            _partitions.Clear();
            for (var i = 0; i < count; i++) RdKafkaConsumer.Destroy(_messages[i]);
        }

        return count;
    }

    public void Dispose()
    {
        RdKafkaProducer.DestroyQueue(_queue);
        _client.DangerousRelease();
    }

    private int Fetch(int timeoutMilliseconds, int size)
    {
        fixed (RdKafkaProducer.Message** messages = _messages)
        {
            var count = (int)RdKafkaConsumer.ConsumeBatch(_queue, timeoutMilliseconds, messages, (nuint)size);
            return count >= 0 ? count : throw new KafkaException(ErrorCode.Local_Fail);
        }
    }

    private void Give(RdKafkaProducer.Message* message, IFetchedRecords target)
    {
        switch ((ErrorCode)message->Error)
        {
            case ErrorCode.NoError: target.Take(PartitionOf(message), new FetchedRecord(message, _headers)); break;
            case ErrorCode.Local_PartitionEOF: target.ReachedEnd(PartitionOf(message), message->Offset); break;
            default: target.Fail(message->Topic == 0 || message->Partition < 0 ? null : PartitionOf(message), new Error((ErrorCode)message->Error, Marshal.PtrToStringUTF8(RdKafkaConsumer.ErrorText(message)))); break;
        }
    }

    private TopicPartition PartitionOf(RdKafkaProducer.Message* message)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_partitions, (message->Topic, message->Partition), out _);
        return known ??= new TopicPartition(Marshal.PtrToStringUTF8(RdKafkaProducer.TopicName(message->Topic)), message->Partition);
    }
}

/// <summary>Gets what a <see cref="RecordQueue"/> holds.</summary>
internal interface IFetchedRecords
{
    void Take(TopicPartition partition, in FetchedRecord record);

    /// <summary>The log ends before <paramref name="nextOffset"/> for now.</summary>
    void ReachedEnd(TopicPartition partition, long nextOffset);

    /// <param name="partition">Null where it is of none.</param>
    void Fail(TopicPartition? partition, Error error);
}
