namespace Nova.Events.Outbox.MassTransit;

/// <summary>A message has no key: nothing says which messages must stay in order.</summary>
public sealed class MessageKeyMissingException : InvalidOperationException
{
    internal MessageKeyMissingException(Type message)
        : base($"{message.Name} has no key, and the key decides what stays in order. Map one: outbox.Map<{message.Name}>(key: message => …); or set it with the call: context.SetRoutingKey(…); or give the message a correlation id.")
    {
    }
}
