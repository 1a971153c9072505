using Nova.Events.Relay.Capturing;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class CaptureOptionsTests
{
    private readonly CaptureOptions _options = new();

    [Theory]
    [InlineData("public.posts", "cdc.posts")]
    [InlineData("other.My Täble", "cdc.My_T_ble")]
    [InlineData("public.with.dots", "cdc.with.dots")]
    public void The_topic_is_the_prefix_and_the_name_with_what_Kafka_takes(string table, string topic) => _options.TopicOf(table).ShouldBe(topic);

    [Fact]
    public void A_table_may_have_a_topic_of_its_own()
    {
        _options.Tables["public.posts"] = new() { Topic = "articles" };
        _options.TopicOf("public.posts").ShouldBe("articles");
        (_options.Holds("articles"), _options.Holds("cdc.any"), _options.Holds("other")).ShouldBe((true, true, false));
    }

    [Fact]
    public void What_is_wrong_is_told_with_the_remedy()
    {
        _options.Tables["posts"] = new();
        _options.Tables["a.likes"] = new();
        _options.Tables["b.likes"] = new();
        _options.Validate().Select(failure => failure.ErrorMessage).ShouldBe(
        [
            "Relay:Capture:Tables takes schema and name, as in 'public.posts'; it has 'posts'.",
            "Relay:Capture:Tables: a.likes and b.likes both go to topic 'cdc.likes'. Give one of them another Topic: their keys would mix.",
        ]);
    }
}
