using System.Text.Json;
using System.Text.Json.Nodes;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Social;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Contracts;

public sealed class EventTypeRegistryTests
{
    /// <summary>Every social event, the aggregate it belongs to, and its JSON.</summary>
    private static readonly (IDomainEvent Event, string Topic, string AggregateId, string Json)[] Known =
    [
        (new PostPublished(7, 3, "Hi"), "outbox.event.post", "7", """{"post_id":7,"author_id":3,"text":"Hi"}"""),
        (new PostEdited(7, 3, "Ho"), "outbox.event.post", "7", """{"post_id":7,"author_id":3,"text":"Ho"}"""),
        (new PostDeleted(7, 3), "outbox.event.post", "7", """{"post_id":7,"author_id":3}"""),
        (new CommentAdded(9, 7, 3, 4, "Well"), "outbox.event.comment", "9", """{"comment_id":9,"post_id":7,"post_author_id":3,"user_id":4,"text":"Well"}"""),
        (new CommentDeleted(9, 7, 3, 4), "outbox.event.comment", "9", """{"comment_id":9,"post_id":7,"post_author_id":3,"user_id":4}"""),
        (new PostLiked(7, 3, 4), "outbox.event.like", "7:4", """{"post_id":7,"post_author_id":3,"user_id":4}"""),
        (new PostUnliked(7, 3, 4), "outbox.event.like", "7:4", """{"post_id":7,"post_author_id":3,"user_id":4}"""),
        (new UserFollowed(4, 3), "outbox.event.follow", "4:3", """{"follower_id":4,"followee_id":3}"""),
        (new UserUnfollowed(4, 3), "outbox.event.follow", "4:3", """{"follower_id":4,"followee_id":3}"""),
        (new UserPreferenceChanged(4, 2, ["theme"]), "outbox.event.user_preferences", "4", """{"user_id":4,"version":2,"changed":["theme"]}"""),
        (new StreamStarted("s1", 3, "Live", "music"), "outbox.event.stream", "s1", """{"stream_id":"s1","creator_id":3,"title":"Live","category":"music"}"""),
        (new StreamEnded("s1", 3, TimeSpan.FromMinutes(61), 12), "outbox.event.stream", "s1", """{"stream_id":"s1","creator_id":3,"duration":"01:01:00","peak_viewers":12}"""),
    ];

    [Fact]
    public void Every_registered_event_is_among_the_known_ones() =>
        EventTypeRegistry.Social.All.Select(type => type.Name).Order().ShouldBe(Known.Select(known => known.Event.GetType().Name).Order());

    [Fact]
    public void Every_event_has_its_topic_its_aggregate_and_its_snake_case_JSON_and_comes_back_from_it()
    {
        foreach (var (known, topic, aggregateId, json) in Known)
        {
            var type = EventTypeRegistry.Social.Of(known.GetType());
            (type.Topic, known.AggregateId).ShouldBe((topic, aggregateId));
            AggregateTypes.All.ShouldContain(type.AggregateType);
            var written = JsonSerializer.Serialize(known, type.JsonTypeInfo);
            written.ShouldBe(json);
            var read = JsonSerializer.Deserialize(written, type.JsonTypeInfo);
            JsonNode.DeepEquals(JsonSerializer.SerializeToNode(read, type.JsonTypeInfo), JsonNode.Parse(json)).ShouldBeTrue();
            read.ShouldBeOfType(known.GetType());
        }
    }

    [Fact]
    public void A_type_is_found_by_its_name_and_only_by_that()
    {
        EventTypeRegistry.Social.TryGet("PostLiked", out var type).ShouldBeTrue();
        type.JsonTypeInfo.Type.ShouldBe(typeof(PostLiked));
        EventTypeRegistry.Social.TryGet("postliked", out _).ShouldBeFalse();
    }

    [Fact]
    public void An_unknown_type_is_refused_with_the_remedy()
    {
        var unknown = Should.Throw<UnknownEventTypeException>(() => EventTypeRegistry.Social.Of(typeof(Stranger)));
        unknown.Name.ShouldBe(nameof(Stranger));
        unknown.Message.ShouldBe("Event type 'Stranger' is not registered. Add it to the EventTypeRegistry that the writer and the consumers share.");
    }

    [Fact]
    public void A_name_cannot_be_registered_twice()
    {
        var type = EventTypeRegistry.Social.Of(typeof(PostLiked));
        Should.Throw<ArgumentException>(() => new EventTypeRegistry([type, type with { AggregateType = "post" }]));
    }

    private sealed record Stranger(string AggregateId) : IDomainEvent;
}
