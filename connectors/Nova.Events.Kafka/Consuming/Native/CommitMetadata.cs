using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Nova.Events.Kafka.Consuming.Native;

/// <summary>A committed offset with the metadata beside it.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The next offset to be read; null where the group has committed none.</param>
/// <param name="Metadata">What was committed with it; empty where nothing was.</param>
internal readonly record struct CommittedOffset(TopicPartition Partition, long? Offset, string Metadata);

/// <summary>Commits, stores and reads offsets together with their metadata, on the native handle of a public client.</summary>
internal static unsafe class CommitMetadata
{
    private static readonly TimeSpan CoordinatorPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Commits synchronously; returns once the broker has answered.</summary>
    /// <exception cref="KafkaException">The broker or the client refused.</exception>
    public static void Commit(IClient client, IReadOnlyList<CommittedOffset> offsets) =>
        Call(client, offsets, static (handle, list) => RdKafka.Commit(handle, (RdKafka.PartitionList*)list, 0));

    /// <summary>Hands offsets to the client's auto-commit.</summary>
    /// <exception cref="KafkaException">A partition is not assigned.</exception>
    public static void Store(IClient client, IReadOnlyList<CommittedOffset> offsets) =>
        Call(client, offsets, static (handle, list) => RdKafka.Store(handle, (RdKafka.PartitionList*)list));

    /// <summary>What the group has committed for <paramref name="partitions"/>; asks again while its coordinator moves or loads.</summary>
    /// <exception cref="KafkaException">The broker did not answer within <paramref name="timeout"/>, or refused.</exception>
    public static IReadOnlyList<CommittedOffset> Committed(IClient client, IReadOnlyList<TopicPartition> partitions, TimeSpan timeout)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var rest = timeout - TimeProvider.System.GetElapsedTime(started);
            try
            {
                return Ask(client, partitions, rest);
            }
            catch (KafkaException exception) when (IsOfCoordinator(exception.Error.Code) && rest > CoordinatorPause)
            {
                using var pause = new ManualResetEventSlim();
                pause.Wait(CoordinatorPause);
            }
        }
    }

    private static List<CommittedOffset> Ask(IClient client, IReadOnlyList<TopicPartition> partitions, TimeSpan timeout)
    {
        var result = new List<CommittedOffset>(partitions.Count);
        Call(
            client,
            [.. partitions.Select(partition => new CommittedOffset(partition, null, ""))],
            (handle, list) => RdKafka.Committed(handle, (RdKafka.PartitionList*)list, Math.Max(0, (int)timeout.TotalMilliseconds)),
            result);
        return result;
    }

    private static bool IsOfCoordinator(ErrorCode code) => code is ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupLoadInProgress or ErrorCode.GroupCoordinatorNotAvailable;

    private static void Call(IClient client, IReadOnlyList<CommittedOffset> offsets, Func<nint, nint, int> call, List<CommittedOffset>? answers = null)
    {
        if (offsets.Count == 0) return;
        var handle = NativeClient.HandleOf(client);
        var list = RdKafka.NewList(offsets.Count);
        var referenced = false;
        try
        {
            foreach (var offset in offsets) Fill(RdKafka.Add(list, offset.Partition.Topic, offset.Partition.Partition.Value), offset);
            handle.DangerousAddRef(ref referenced);
            var error = call(handle.DangerousGetHandle(), (nint)list);
            ThrowOnError(error, list);
            for (var i = 0; answers is not null && i < list->Count; i++) answers.Add(Read(list->Elements + i, offsets[i].Partition));
        }
        finally
        {
            if (referenced) handle.DangerousRelease();
            RdKafka.DestroyList(list);
        }
    }

    private static void Fill(RdKafka.PartitionElement* element, CommittedOffset offset)
    {
        element->Offset = offset.Offset ?? Offset.Unset.Value;
        if (offset.Metadata.Length == 0) return;
        var bytes = Encoding.UTF8.GetBytes(offset.Metadata);
        element->Metadata = NativeMemory.Alloc((nuint)bytes.Length);
        element->MetadataSize = (nuint)bytes.Length;
        bytes.CopyTo(new Span<byte>(element->Metadata, bytes.Length));
    }

    private static CommittedOffset Read(RdKafka.PartitionElement* element, TopicPartition partition)
    {
        var metadata = element->MetadataSize == 0 ? "" : Encoding.UTF8.GetString((byte*)element->Metadata, (int)element->MetadataSize);
        return new CommittedOffset(partition, element->Offset >= 0 ? element->Offset : null, metadata);
    }

    private static void ThrowOnError(int error, RdKafka.PartitionList* list)
    {
        if (error != 0) throw new KafkaException(new Error((ErrorCode)error));
        for (var i = 0; i < list->Count; i++)
            if (list->Elements[i].Error != 0) throw new KafkaException(new Error((ErrorCode)list->Elements[i].Error));
    }
}
