using Confluent.Kafka;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Which partitions are read now: none while all together hold too much memory, not one that alone holds too much, and none of which nothing is due. A
/// pause throws away what the client has fetched, so reading goes on only at half of each bound.
/// </summary>
internal sealed class BackPressure(HandlerConsumerOptions options, TimeProvider time)
{
    private bool _isFull;

    /// <summary>Pauses and resumes what changed, and once each partition that was just assigned.</summary>
    public void Apply(PartitionTrack[] tracks, IGroupMember member)
    {
        var held = 0L;
        foreach (var track in tracks) held += track.Bytes;
        _isFull = held > (_isFull ? options.MaxBufferedBytes / 2 : options.MaxBufferedBytes);
        List<TopicPartition>? pause = null, resume = null;
        foreach (var track in tracks)
        {
            var isPaused = track.IsPaused;
            track.IsFull = track.Bytes > (track.IsFull ? options.MaxPartitionBytes / 2 : options.MaxPartitionBytes);
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
