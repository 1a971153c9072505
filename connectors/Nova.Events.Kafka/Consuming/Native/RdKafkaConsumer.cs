using System.Runtime.InteropServices;
using Nova.Events.Kafka.Publishing.Native;

namespace Nova.Events.Kafka.Consuming.Native;

/// <summary>The functions of librdkafka behind <see cref="RecordQueue"/>. Those that only look at a message leave the thread as it is. Source: rdkafka.h 2.15.</summary>
internal static unsafe partial class RdKafkaConsumer
{
    private const string Library = "librdkafka";

    /// <summary>The queue on which the consumer's records and events arrive.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_consumer")]
    internal static partial nint ConsumerQueue(nint client);

    /// <summary>Waits until <paramref name="size"/> messages are there or the time is over; events such as rebalances are served meanwhile, on this thread.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_consume_batch_queue")]
    internal static partial nint ConsumeBatch(nint queue, int timeoutMilliseconds, RdKafkaProducer.Message** messages, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_destroy")]
    internal static partial void Destroy(RdKafkaProducer.Message* message);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_timestamp"), SuppressGCTransition]
    internal static partial long Timestamp(RdKafkaProducer.Message* message, int* type);

    /// <summary>Parses the headers; they belong to the message.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_message_headers"), SuppressGCTransition]
    internal static partial int Headers(RdKafkaProducer.Message* message, nint* headers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_header_get_all"), SuppressGCTransition]
    internal static partial int Header(nint headers, nuint index, byte** name, void** value, nuint* size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_version")]
    internal static partial int Version();

    /// <summary>Text of an error that arrived as a message.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_message_errstr")]
    internal static partial nint ErrorText(RdKafkaProducer.Message* message);
}
