using Confluent.Kafka;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Which partitions are read now: none while all together hold too much memory, not one that alone holds too much, and none of which nothing is due. A
/// pause throws away what the client has fetched, so reading goes on only at half of each bound.
/// </summary>
/// <param name="maxBytes">Bound on the bytes of all partitions.</param>
/// <param name="maxPartitionBytes">Bound on those of one.</param>
internal sealed class BackPressure(long maxBytes, long maxPartitionBytes, TimeProvider time)
{
    private bool _isFull;

    /// <summary>Pauses and resumes what changed, and once each partition that was just assigned.</summary>
    public void Apply(IReadOnlyCollection<IPausable> tracks, IGroupMember member)
    {
        var held = 0L;
        foreach (var track in tracks) held += track.Bytes;
        _isFull = held > (_isFull ? maxBytes / 2 : maxBytes);
        List<TopicPartition>? pause = null, resume = null;
        foreach (var track in tracks)
        {
            var isPaused = track.IsPaused;
            track.IsFull = track.Bytes > (track.IsFull ? maxPartitionBytes / 2 : maxPartitionBytes);
            track.IsPaused = _isFull || track.IsFull || track.HeldUntil > time.GetTimestamp();
            if (track.IsApplied && track.IsPaused == isPaused) continue;
            track.IsApplied = true;
            if (track.IsPaused) (pause ??= []).Add(track.Partition);
            else (resume ??= []).Add(track.Partition);
        }

        if (pause is not null) member.Pause(pause);
        if (resume is not null) member.Resume(resume);
    }
}
