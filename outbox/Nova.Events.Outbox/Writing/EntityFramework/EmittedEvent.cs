namespace Nova.Events.Outbox.Writing.EntityFramework;

/// <summary>A row of the outbox in a unit of work of EF Core, from the call of <c>Emit</c> until it is saved.</summary>
internal sealed class EmittedEvent
{
    public required EmissionKey Key { get; init; }

    public required string AggregateType { get; init; }

    public required string AggregateId { get; init; }

    public required string Type { get; init; }

    public string? Payload { get; init; }

    public string? Headers { get; init; }

    public string? Traceparent { get; init; }

    public required string Tenant { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }
}

/// <summary>
/// EF sorts the inserts of a table by key: this one compares by the order of emission, whatever the ids are. Only the id reaches the table.
/// </summary>
/// <param name="Id">Event id.</param>
/// <param name="Ordinal">Grows with each emission of the process.</param>
internal readonly record struct EmissionKey(Guid Id, long Ordinal) : IComparable<EmissionKey>, IComparable
{
    private static long _last;

    public static EmissionKey Next(Guid id) => new(id, Interlocked.Increment(ref _last));

    public int CompareTo(EmissionKey other) => Ordinal.CompareTo(other.Ordinal);

    public int CompareTo(object? obj) => obj is EmissionKey other ? CompareTo(other) : 1;

    public static bool operator <(EmissionKey left, EmissionKey right) => left.CompareTo(right) < 0;

    public static bool operator >(EmissionKey left, EmissionKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(EmissionKey left, EmissionKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EmissionKey left, EmissionKey right) => left.CompareTo(right) >= 0;
}
