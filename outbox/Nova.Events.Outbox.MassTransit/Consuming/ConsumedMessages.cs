using MassTransit;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Outbox.MassTransit.Publishing;

namespace Nova.Events.Outbox.MassTransit.Consuming;

/// <summary>The messages that a consumer takes, by MassTransit's URN and by event type.</summary>
internal sealed class ConsumedMessages(IReadOnlyList<Type> types, NovaOutboxOptions options)
{
    private readonly HashSet<string> _urns = [.. types.Select(MessageUrn.ForTypeString)];
    private readonly Dictionary<string, string> _urnOfEvent = UrnsByEvent(types, new MessageRoutes(options));

    /// <summary>The types that a consumer class takes.</summary>
    /// <exception cref="NotSupportedException">It takes batches, or nothing.</exception>
    public static IReadOnlyList<Type> TypesOf(Type consumer)
    {
        Type[] types = [.. consumer.GetInterfaces().Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConsumer<>)).Select(type => type.GenericTypeArguments[0])];
        if (types.Length == 0) throw new NotSupportedException($"{consumer.Name} implements no IConsumer<T>.");
        if (Array.Exists(types, type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Batch<>)))
            throw new NotSupportedException($"{consumer.Name} takes batches: records of a key come one at a time, so no batch would fill. Take single messages, or write a batch sink.");
        return types;
    }

    /// <summary>
    /// Finds the URNs of a record, separated by semicolons: those that it carries, or else the one of its event type; with neither, the consumer's only one.
    /// Null where the consumer does not take it. An envelope may leave them to its body.
    /// </summary>
    /// <returns>False where nothing says of which type it is.</returns>
    public bool TryFind(ConsumedRecord record, out string? urns)
    {
        urns = null;
        if (record.Header(MessageHeaders.MessageType) is { Length: > 0 } named) urns = named.Split(';').Any(_urns.Contains) ? named : null;
        else if (record.Header(HeaderNames.EventType) is { } name) urns = _urnOfEvent.GetValueOrDefault(name);
        else if (_urns.Count == 1) urns = _urns.Single();
        else return false;
        return true;
    }

    private static Dictionary<string, string> UrnsByEvent(IEnumerable<Type> types, MessageRoutes routes)
    {
        var urns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var type in types.Where(type => !type.IsGenericType || routes.IsNamed(type))) urns[routes.Of(type).EventType!] = MessageUrn.ForTypeString(type);
        return urns;
    }
}
