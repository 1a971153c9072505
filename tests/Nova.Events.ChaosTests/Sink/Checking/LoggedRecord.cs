namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>A record as Kafka holds it.</summary>
/// <param name="Place">Where.</param>
/// <param name="Id">Its id header as it stands there; null where there is none.</param>
/// <param name="Position">Its position header; null where there is none.</param>
/// <param name="EventType">Its event type; null where there is none.</param>
/// <param name="PostId">The post that it counts for; 0 where it counts for none.</param>
/// <param name="IsMalformed">True if it was written to be refused.</param>
/// <param name="Value">Its bytes, of malformed records only.</param>
internal readonly record struct LoggedRecord(Place Place, string? Id, string? Position, string? EventType, long PostId, bool IsMalformed, byte[]? Value);

/// <summary>A row of a raw table.</summary>
/// <param name="Place">Where its record stands.</param>
/// <param name="EventId">Its event id.</param>
/// <param name="EventType">Its event type.</param>
/// <param name="Copies">How many rows of that place there are.</param>
internal readonly record struct TableRow(Place Place, Guid EventId, string EventType, long Copies);

/// <summary>A dead letter.</summary>
/// <param name="Id">Its id; null where there is none.</param>
/// <param name="Place">Where its record stands; null where it does not say.</param>
/// <param name="Value">Its bytes.</param>
/// <param name="IsRefusal">True where it is no malformed record, but a row that the table refused.</param>
internal readonly record struct DeadLetter(string? Id, Place? Place, byte[]? Value, bool IsRefusal = false);
