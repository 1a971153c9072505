using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Nova.Events.Kafka.Publishing.Native;

/// <summary>
/// librdkafka's producer without the public client's objects: a record costs no allocation, and its delivery report comes in a batch.
/// The public client costs 1 KB and a callback a record. Records are enqueued from one thread; <see cref="Poll"/> is called from another.
/// </summary>
internal sealed unsafe class NativeProducer : IDisposable
{
    private const int Producer = 0;
    private const int ErrorTextSize = 512;
    private const int FixedArguments = 6;
    private readonly RdKafkaProducer.Message*[] _messages = new RdKafkaProducer.Message*[1_024];
    private RdKafkaProducer.Argument[] _arguments = new RdKafkaProducer.Argument[32];
    private readonly List<nint> _topics = [];
    private readonly nint _client;
    private readonly nint _events;

    /// <exception cref="ArgumentException">A property is unknown or wrong.</exception>
    public NativeProducer(IEnumerable<KeyValuePair<string, string>> properties)
    {
        var configuration = RdKafkaProducer.NewConfiguration();
        var error = stackalloc byte[ErrorTextSize];
        try
        {
            foreach (var (name, value) in properties)
            {
                // Those are the public client's own.
                if (name.StartsWith("dotnet.", StringComparison.Ordinal)) continue;
                if (RdKafkaProducer.Set(configuration, name, value, error, ErrorTextSize) != 0) throw new ArgumentException($"Kafka:Properties: {Text(error)}");
            }

            RdKafkaProducer.SetEvents(configuration, RdKafkaProducer.EventDeliveryReports | RdKafkaProducer.EventError);
            RdKafkaProducer.SetLogCallback(configuration, 0);
            _client = RdKafkaProducer.New(Producer, configuration, error, ErrorTextSize);
            if (_client == 0) throw new ArgumentException($"Kafka:Properties: {Text(error)}");
        }
        catch
        {
            RdKafkaProducer.DestroyConfiguration(configuration);
            throw;
        }

        _events = RdKafkaProducer.MainQueue(_client);
    }

    /// <summary>A handle of a topic, for <see cref="Produce"/>; freed with the producer.</summary>
    public nint Topic(string name)
    {
        var topic = RdKafkaProducer.NewTopic(_client, name, 0);
        _topics.Add(topic);
        return topic;
    }

    /// <summary>Enqueues a copy of a record; <paramref name="sequence"/> comes back with its delivery report.</summary>
    /// <returns>Why it was not enqueued, or <see cref="ErrorCode.NoError"/>.</returns>
    public ErrorCode Produce(nint topic, int partition, RecordBuilder record, long sequence)
    {
        var headers = record.Headers;
        if (_arguments.Length < headers.Length + FixedArguments) _arguments = new RdKafkaProducer.Argument[headers.Length + FixedArguments];
        fixed (byte* bytes = record.Pinned)
        fixed (RdKafkaProducer.Argument* arguments = _arguments)
        {
            var count = 0;
            arguments[count++] = new() { Type = RdKafkaProducer.ArgumentType.Topic, Pointer = (void*)topic };
            arguments[count++] = new() { Type = RdKafkaProducer.ArgumentType.Partition, Number = partition };
            arguments[count++] = new() { Type = RdKafkaProducer.ArgumentType.Flags, Number = RdKafkaProducer.CopyValue };
            arguments[count++] = new() { Type = RdKafkaProducer.ArgumentType.Opaque, Pointer = (void*)sequence };
            if (record.KeySlice.Offset >= 0) arguments[count++] = Part(RdKafkaProducer.ArgumentType.Key, bytes, record.KeySlice);
            if (record.ValueSlice.Offset >= 0) arguments[count++] = Part(RdKafkaProducer.ArgumentType.Value, bytes, record.ValueSlice);
            foreach (var (name, value) in headers)
                arguments[count++] = new() { Type = RdKafkaProducer.ArgumentType.Header, Pointer = bytes + name.Offset, SizeOrValue = (nint)(bytes + value.Offset), HeaderSize = value.Length };
            return Code(RdKafkaProducer.Produce(_client, arguments, (nuint)count));
        }
    }

    /// <summary>Waits for events and reports them.</summary>
    /// <param name="timeout">How long it waits for the first.</param>
    /// <param name="sequences">Room for sequences; as many as fit are reported at once.</param>
    /// <param name="acknowledged">Called with the sequences of acknowledged records.</param>
    /// <param name="failed">Called for a record that Kafka did not take, with its topic, and for a fatal error, without one.</param>
    public void Poll(TimeSpan timeout, long[] sequences, Action<ReadOnlyMemory<long>> acknowledged, Action<string?, Error> failed)
    {
        var @event = RdKafkaProducer.Poll(_events, (int)timeout.TotalMilliseconds);
        if (@event == 0) return;
        switch (RdKafkaProducer.EventType(@event))
        {
            case RdKafkaProducer.EventDeliveryReports:
                ReportDeliveries(@event, sequences, acknowledged, failed);
                break;
            case RdKafkaProducer.EventError when RdKafkaProducer.EventErrorCode(@event) == RdKafkaProducer.FatalError:
                failed(null, ReadFatalError());
                break;
        }

        RdKafkaProducer.DestroyEvent(@event);
    }

    /// <summary>Gives up what is in flight; nobody may be in <see cref="Poll"/> any more.</summary>
    public void Dispose()
    {
        _ = RdKafkaProducer.Purge(_client, RdKafkaProducer.PurgeQueueAndInFlight);
        foreach (var topic in _topics) RdKafkaProducer.DestroyTopic(topic);
        RdKafkaProducer.DestroyQueue(_events);
        RdKafkaProducer.Destroy(_client);
    }

    private void ReportDeliveries(nint @event, long[] sequences, Action<ReadOnlyMemory<long>> acknowledged, Action<string?, Error> failed)
    {
        fixed (RdKafkaProducer.Message** messages = _messages)
        {
            while (RdKafkaProducer.Messages(@event, messages, (nuint)_messages.Length) is > 0 and var count)
            {
                var reported = 0;
                for (nuint i = 0; i < count; i++)
                {
                    if (messages[i]->Error == 0) sequences[reported++] = messages[i]->Opaque;
                    else failed(Marshal.PtrToStringUTF8(RdKafkaProducer.TopicName(messages[i]->Topic)), new Error((ErrorCode)messages[i]->Error));
                    if (reported == sequences.Length || (i + 1 == count && reported > 0))
                    {
                        acknowledged(sequences.AsMemory(0, reported));
                        reported = 0;
                    }
                }
            }
        }
    }

    private static RdKafkaProducer.Argument Part(RdKafkaProducer.ArgumentType type, byte* bytes, RecordBuilder.Slice slice) =>
        new() { Type = type, Pointer = bytes + slice.Offset, SizeOrValue = slice.Length };

    private static ErrorCode Code(nint error)
    {
        if (error == 0) return ErrorCode.NoError;
        var code = (ErrorCode)RdKafkaProducer.ErrorCode(error);
        RdKafkaProducer.DestroyError(error);
        return code;
    }

    private Error ReadFatalError()
    {
        var text = stackalloc byte[ErrorTextSize];
        var code = (ErrorCode)RdKafkaProducer.ReadFatalError(_client, text, ErrorTextSize);
        return new Error(code, Text(text), isFatal: true);
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
