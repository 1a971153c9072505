using MassTransit;
using MassTransit.Scheduling;
using MassTransit.Serialization;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>What an outbox cannot keep is refused at the call, not dropped in silence.</summary>
internal static class OutboxRules
{
    /// <exception cref="NotSupportedException">The message asks for what an outbox cannot keep; the text says what to do.</exception>
    public static void Check<T>(SendContext<T> context)
        where T : class
    {
        if (context.Delay is not null || context.ScheduledMessageId is not null || context.Message is ScheduleMessage or CancelScheduledMessage)
            throw Refused<T>("cannot be scheduled: what is in the outbox is published at the commit. Keep the time in your data and publish when it comes.");
        if (context.TimeToLive is not null)
            throw Refused<T>("cannot expire: what is committed is published, however late. Put the time into the message and let consumers look at it.");
        if (context.RequestId is not null)
            throw Refused<T>("cannot be a request or a response: nothing of it leaves before the commit. Use the request client, which goes past the outbox.");
        if (context.Serializer.ContentType.MediaType is var media && media != Envelope && media != RawJson)
            throw Refused<T>($"would be serialized as {media}: the outbox keeps JSON. Serialize it as JSON, or leave it to the service's own transport.");
    }

    public static string RawJson { get; } = SystemTextJsonRawMessageSerializer.JsonContentType.MediaType;

    private static string Envelope { get; } = SystemTextJsonMessageSerializer.JsonContentType.MediaType;

    private static NotSupportedException Refused<T>(string reason) => new($"{TypeCache<T>.ShortName} {reason}");
}
