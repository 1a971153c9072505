using Microsoft.Extensions.Logging;

namespace Nova.Events.Outbox.MassTransit;

/// <summary>Log catalogue of the MassTransit adapter, 7000–7099.</summary>
internal static partial class MassTransitLog
{
    [LoggerMessage(7000, LogLevel.Warning, "{MessageType} was published through IBus, past the outbox: it is not part of any transaction. Publish through the scope's IPublishEndpoint")]
    public static partial void PublishedDirectly(ILogger logger, string messageType);

    [LoggerMessage(7001, LogLevel.Information, "{Consumer} takes no {EventType} of {Topic}: such records are passed over")]
    public static partial void PassedOver(ILogger logger, string consumer, string eventType, string topic);
}
