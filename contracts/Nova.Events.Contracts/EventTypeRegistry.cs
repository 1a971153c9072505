using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using Nova.Events.Contracts.Social;

namespace Nova.Events.Contracts;

/// <summary>Which CLR type stands behind which event type. Names are registered, never derived from CLR names by reflection.</summary>
public sealed class EventTypeRegistry
{
    private readonly FrozenDictionary<string, EventType> _byName;
    private readonly FrozenDictionary<Type, EventType> _byClrType;

    /// <summary>A registry of <paramref name="eventTypes"/>.</summary>
    /// <exception cref="ArgumentException">A name or a CLR type occurs twice.</exception>
    public EventTypeRegistry(IReadOnlyCollection<EventType> eventTypes)
    {
        ArgumentNullException.ThrowIfNull(eventTypes);
        _byName = eventTypes.ToDictionary(type => type.Name, StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);
        _byClrType = eventTypes.ToDictionary(type => type.JsonTypeInfo.Type).ToFrozenDictionary();
    }

    /// <summary>The events of the social domain.</summary>
    public static EventTypeRegistry Social { get; } = new(
    [
        Type(AggregateTypes.Post, EventJson.Default.PostPublished),
        Type(AggregateTypes.Post, EventJson.Default.PostEdited),
        Type(AggregateTypes.Post, EventJson.Default.PostDeleted),
        Type(AggregateTypes.Comment, EventJson.Default.CommentAdded),
        Type(AggregateTypes.Comment, EventJson.Default.CommentDeleted),
        Type(AggregateTypes.Like, EventJson.Default.PostLiked),
        Type(AggregateTypes.Like, EventJson.Default.PostUnliked),
        Type(AggregateTypes.Follow, EventJson.Default.UserFollowed),
        Type(AggregateTypes.Follow, EventJson.Default.UserUnfollowed),
        Type(AggregateTypes.UserPreferences, EventJson.Default.UserPreferenceChanged),
        Type(AggregateTypes.Stream, EventJson.Default.StreamStarted),
        Type(AggregateTypes.Stream, EventJson.Default.StreamEnded),
    ]);

    /// <summary>All registered types.</summary>
    public IReadOnlyCollection<EventType> All => _byName.Values;

    /// <summary>The event type of a CLR type.</summary>
    /// <exception cref="UnknownEventTypeException">It is not registered.</exception>
    public EventType Of(Type clrType)
    {
        ArgumentNullException.ThrowIfNull(clrType);
        return _byClrType.TryGetValue(clrType, out var type) ? type : throw new UnknownEventTypeException(clrType.Name);
    }

    /// <summary>The event type of that name; false where it is unknown.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out EventType? type) => _byName.TryGetValue(name, out type);

    private static EventType Type<T>(string aggregateType, JsonTypeInfo<T> json) where T : IDomainEvent =>
        new(typeof(T).Name, aggregateType, json);
}

/// <summary>An event type that nobody registered.</summary>
public sealed class UnknownEventTypeException(string name)
    : Exception($"Event type '{name}' is not registered. Add it to the EventTypeRegistry that the writer and the consumers share.")
{
    /// <summary>The name that was asked for.</summary>
    public string Name { get; } = name;
}
