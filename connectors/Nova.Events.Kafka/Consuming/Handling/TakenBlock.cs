using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Records that were taken, one after the other, and beside each whether it is finished and what position it has. The poll thread fills it, any thread
/// finishes; used again once all of them are finished.
/// </summary>
internal sealed class TakenBlock(int bytes, int records)
{
    private readonly byte[] _finished = new byte[records];
    private readonly int[] _sources = new int[records];
    private readonly Position[] _positions = new Position[records];

    public RecordBlock Records { get; } = new(bytes, records);

    /// <summary>Whose records they are.</summary>
    public PartitionTrack Track { get; private set; } = null!;

    public void Begin(PartitionTrack track)
    {
        Track = track;
        Records.Begin(track.Partition.Topic, track.Partition.Partition.Value);
        Array.Clear(_finished);
    }

    /// <summary>Notes the position of the record that was added last; −1 for a source where it has none that counts.</summary>
    public void Note(int source, Position position) => (_sources[Records.Count - 1], _positions[Records.Count - 1]) = (source, position);

    /// <summary>The record's memory may be used for another from here on: its view must not be read any more.</summary>
    public void Finish(int index) => Volatile.Write(ref _finished[index], 1);

    /// <summary>The first from <paramref name="index"/> on that is not finished; the positions of those before it go to <paramref name="positions"/>.</summary>
    public int Sweep(int index, SourcePositions positions)
    {
        for (; index < Records.Count && Volatile.Read(ref _finished[index]) != 0; index++)
            if (_sources[index] >= 0) positions.Set(_sources[index], _positions[index]);
        return index;
    }
}

/// <summary>A record that was taken.</summary>
/// <param name="Block">Where it lies.</param>
/// <param name="Index">Which of the block's it is.</param>
internal readonly record struct TakenRecord(TakenBlock Block, int Index)
{
    public PartitionTrack Track => Block.Track;

    public RecordView Record => Block.Records[Index];

    public void Finish() => Block.Finish(Index);
}
