namespace Nova.Events.Relay.Routing;

/// <summary>Why a record can't be published.</summary>
internal enum PoisonKind
{
    /// <summary>It is not what the outbox takes.</summary>
    Undecodable,

    /// <summary>Its aggregate type names no topic.</summary>
    Unroutable,

    /// <summary>It is larger than its topic takes.</summary>
    Oversize,

    /// <summary>An earlier record of its key is parked.</summary>
    KeyParked,
}

/// <summary>A record can't be published, now or later; the route's policy says what becomes of it.</summary>
internal sealed class PoisonException(PoisonKind kind, string why) : Exception(why)
{
    public PoisonKind Kind { get; } = kind;

    /// <summary>It is larger than its topic takes.</summary>
    public static PoisonException Oversize(int bytes, string topic, int limit) =>
        new(PoisonKind.Oversize, $"it may take {bytes:N0} bytes, topic '{topic}' takes {limit:N0} (max.message.bytes)");

    /// <summary>Its JSON holds text that JSON allows and Unicode does not: half a surrogate pair, or bytes that are no UTF-8.</summary>
    public static PoisonException NoUnicode() => new(PoisonKind.Undecodable, "its text is no Unicode");
}
