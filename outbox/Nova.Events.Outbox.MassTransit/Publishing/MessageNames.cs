using System.Text.RegularExpressions;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>The names that a type of message has where it is not mapped.</summary>
internal static partial class MessageNames
{
    /// <summary>The type's name, without the <c>I</c> of an interface.</summary>
    /// <exception cref="NotSupportedException">The type is generic: its name says too little.</exception>
    public static string EventType(Type message)
    {
        if (message.IsGenericType)
            throw new NotSupportedException($"{message} is generic and has no name by convention. Name it: outbox.Map<…>(aggregateType: …, eventType: …).");
        return message is { IsInterface: true, Name: ['I', >= 'A' and <= 'Z', ..] name } ? name[1..] : message.Name;
    }

    /// <summary>The same in kebab case: <c>OrderSubmitted</c> becomes <c>order-submitted</c>.</summary>
    public static string AggregateType(Type message) => Words().Replace(EventType(message), "-").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Words();
}
