using System.Runtime.InteropServices;

namespace Nova.Events.Kafka.Consuming.Native;

/// <summary>The few functions of librdkafka that carry commit metadata; Confluent.Kafka's public client does not.</summary>
internal static unsafe partial class RdKafka
{
    private const string Library = "librdkafka";

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_new")]
    internal static partial PartitionList* NewList(int size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_destroy")]
    internal static partial void DestroyList(PartitionList* list);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_add", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial PartitionElement* Add(PartitionList* list, string topic, int partition);

    [LibraryImport(Library, EntryPoint = "rd_kafka_commit")]
    internal static partial int Commit(nint client, PartitionList* list, int async);

    [LibraryImport(Library, EntryPoint = "rd_kafka_committed")]
    internal static partial int Committed(nint client, PartitionList* list, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_offsets_store")]
    internal static partial int Store(nint client, PartitionList* list);

    /// <summary>rd_kafka_topic_partition_list_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PartitionList
    {
        public int Count;
        public int Size;
        public PartitionElement* Elements;
    }

    /// <summary>rd_kafka_topic_partition_t. The list frees <see cref="Metadata"/> with libc's free, so it must come from libc's malloc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PartitionElement
    {
        public byte* Topic;
        public int Partition;
        public long Offset;
        public void* Metadata;
        public nuint MetadataSize;
        public void* Opaque;
        public int Error;
        public void* Private;
    }
}
