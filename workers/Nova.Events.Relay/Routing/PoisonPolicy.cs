namespace Nova.Events.Relay.Routing;

/// <summary>What becomes of a record that can't be published, now or later.</summary>
public enum PoisonPolicy
{
    /// <summary>The relay stops in front of it and says why; nothing behind it is published. The safest, and the default.</summary>
    Halt,

    /// <summary>The record goes to <c>nova.parked</c>, and so does every later one of its key, so that their order stays; the others go on.</summary>
    Park,

    /// <summary>The record goes to <c>nova.parked</c>; later ones of its key go on.</summary>
    DeadLetter,
}
