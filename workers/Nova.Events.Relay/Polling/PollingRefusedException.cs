namespace Nova.Events.Relay.Polling;

/// <summary>The database is not ready to be polled; the message says why, with the remedy.</summary>
public sealed class PollingRefusedException : Exception
{
    private PollingRefusedException(string message) : base(message)
    {
    }

    internal static PollingRefusedException NotEnabled() => new(
        "Polling is not enabled in this database: nothing is copied into nova.outbox_queue. Run 'nova schema up', then SELECT nova.outbox_enable_polling() as the owner of schema nova.");

    internal static PollingRefusedException SlotBehind(string slot, string confirmed, string enabled) => new(
        $"Slot '{slot}' has confirmed {confirmed}, and what was committed below {enabled} is in the WAL only. Run the relay with Relay:Mode=Wal until 'nova slot status' is past it, or drop the slot if nobody needs those messages: 'nova slot drop --yes'.");
}
