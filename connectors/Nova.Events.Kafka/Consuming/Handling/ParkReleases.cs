using Confluent.Kafka;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>Asks now and then how far the group has committed in the retry topic, and lets go the keys of which everything there is done.</summary>
internal sealed class ParkReleases(IGroupMember member, string retryTopic, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private volatile IReadOnlyDictionary<int, long>? _answer;
    private volatile bool _isAsking;
    private long _askedAt;

    public void Tick(PartitionTrack[] tracks)
    {
        if (_isAsking) return;
        if (_answer is { } committed)
            foreach (var track in tracks) track.Parked.Release(committed, track.Watermark);
        _answer = null;
        if (time.GetElapsedTime(_askedAt) < Interval) return;
        var partitions = tracks.Where(track => track.Parked.Count > 0).SelectMany(track => track.Parked.Partitions()).Distinct().ToList();
        if (partitions.Count == 0) return;
        (_askedAt, _isAsking) = (time.GetTimestamp(), true);
        _ = AskAsync(partitions);
    }

    private async Task AskAsync(List<int> partitions)
    {
        try
        {
            _answer = await member.CommittedAsync(retryTopic, partitions);
        }
        catch (KafkaException)
        {
            // The keys stay parked, and it is asked again.
        }
        finally
        {
            _isAsking = false;
        }
    }
}
