namespace Nova.Events.ChaosTests.Relay.Checking;

/// <summary>A record as Kafka holds it.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Id">Event id of its header; null where there is none.</param>
/// <param name="Key">Its key.</param>
/// <param name="Number">The number in its payload; null where it can't be read.</param>
/// <param name="Position">Its position header; of a parked record the one that it had. Null where there is none.</param>
internal readonly record struct FoundRecord(string Topic, int Partition, long Offset, Guid? Id, string Key, long? Number, string? Position)
{
    public override string ToString() => $"{Topic}:{Partition}@{Offset} (key {Key}, number {Number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"}, id {Id}, position {Position ?? "none"})";
}
