using Confluent.Kafka;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Which partitions are read now: not one that alone holds too much memory, and none of which nothing is due. Where all together hold half of what they may, each
/// has an equal share of the other half: partitions that are stuck fill theirs, and the others go on. A pause throws away what the client has fetched, so
/// reading goes on only at half of each bound.
/// </summary>
/// <param name="maxBytes">Bound on the bytes of all partitions, but for what one poll brings.</param>
/// <param name="maxPartitionBytes">Bound on those of one.</param>
internal sealed class BackPressure(long maxBytes, long maxPartitionBytes, TimeProvider time)
{
    private bool _isCrowded;

    /// <summary>Pauses and resumes what changed, and once each partition that was just assigned.</summary>
    public void Apply(IReadOnlyCollection<IPausable> tracks, IGroupMember member)
    {
        var held = 0L;
        foreach (var track in tracks) held += track.Bytes;
        _isCrowded = held > (_isCrowded ? maxBytes / 4 : maxBytes / 2);
        var bound = _isCrowded ? Math.Min(maxPartitionBytes, maxBytes / 2 / tracks.Count) : maxPartitionBytes;
        List<TopicPartition>? pause = null, resume = null;
        foreach (var track in tracks)
        {
            var isPaused = track.IsPaused;
            track.IsFull = track.Bytes > (track.IsFull ? bound / 2 : bound);
            track.IsPaused = track.IsFull || track.HeldUntil > time.GetTimestamp();
            if (track.IsApplied && track.IsPaused == isPaused) continue;
            track.IsApplied = true;
            if (track.IsPaused) (pause ??= []).Add(track.Partition);
            else (resume ??= []).Add(track.Partition);
        }

        if (pause is not null) member.Pause(pause);
        if (resume is not null) member.Resume(resume);
    }
}
