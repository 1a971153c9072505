using System.Runtime.InteropServices;

namespace Nova.Events.Kafka.Publishing.Native;

/// <summary>The functions of librdkafka behind <see cref="NativeProducer"/>. Source: rdkafka.h 2.15.</summary>
internal static unsafe partial class RdKafkaProducer
{
    internal const int EventDeliveryReports = 0x1;
    internal const int EventError = 0x8;
    internal const int CopyValue = 0x2;
    internal const int PurgeQueueAndInFlight = 0x1 | 0x2;
    internal const int FatalError = -150;
    private const string Library = "librdkafka";

    /// <summary>rd_kafka_vtype_t: what an argument of <see cref="Produce"/> is.</summary>
    internal enum ArgumentType
    {
        Topic = 2,
        Partition = 3,
        Value = 4,
        Key = 5,
        Opaque = 6,
        Flags = 7,
        Header = 9,
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint NewConfiguration();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_destroy")]
    internal static partial void DestroyConfiguration(nint configuration);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Set(nint configuration, string name, string value, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_events")]
    internal static partial void SetEvents(nint configuration, int events);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_log_cb")]
    internal static partial void SetLogCallback(nint configuration, nint callback);

    /// <summary>Takes the configuration over unless it fails.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    internal static partial nint New(int type, nint configuration, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    internal static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_purge")]
    internal static partial int Purge(nint client, int flags);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint NewTopic(nint client, string name, nint configuration);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_destroy")]
    internal static partial void DestroyTopic(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_name")]
    internal static partial nint TopicName(nint topic);

    /// <summary>Enqueues a record; returns an error object, or 0.</summary>
    [LibraryImport(Library, EntryPoint = "rd_kafka_produceva")]
    internal static partial nint Produce(nint client, Argument* arguments, nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_code")]
    internal static partial int ErrorCode(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_destroy")]
    internal static partial void DestroyError(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_main")]
    internal static partial nint MainQueue(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_destroy")]
    internal static partial void DestroyQueue(nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_poll")]
    internal static partial nint Poll(nint queue, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_type")]
    internal static partial int EventType(nint @event);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_message_array")]
    internal static partial nuint Messages(nint @event, Message** messages, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error")]
    internal static partial int EventErrorCode(nint @event);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_destroy")]
    internal static partial void DestroyEvent(nint @event);

    [LibraryImport(Library, EntryPoint = "rd_kafka_fatal_error")]
    internal static partial int ReadFatalError(nint client, byte* text, nuint size);

    /// <summary>rd_kafka_vu_t.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    internal struct Argument
    {
        [FieldOffset(0)]
        public ArgumentType Type;

        /// <summary>A handle or pointer; of a header: its name, ended by a zero byte.</summary>
        [FieldOffset(8)]
        public void* Pointer;

        [FieldOffset(8)]
        public int Number;

        /// <summary>Length of a key or value; of a header: its value.</summary>
        [FieldOffset(16)]
        public nint SizeOrValue;

        /// <summary>Length of a header's value.</summary>
        [FieldOffset(24)]
        public nint HeaderSize;
    }

    /// <summary>rd_kafka_message_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Message
    {
        public int Error;
        public nint Topic;
        public int Partition;
        public void* Payload;
        public nuint Length;
        public void* Key;
        public nuint KeyLength;
        public long Offset;
        public nint Opaque;
    }
}
