namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>Where a record stands.</summary>
internal readonly record struct Place(string Topic, int Partition, long Offset)
{
    public override string ToString() => FormattableString.Invariant($"{Topic}:{Partition}:{Offset}");
}
