using System.Text;
using Nova.Events.Api.Events;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Api;

public sealed class EventBatchTests
{
    [Theory]
    [InlineData("[]", "")]
    [InlineData("[1, {\"a\":[2]} ,null]", "1|{\"a\":[2]}|null")]
    [InlineData("{\"sent\":{\"events\":[9]},\"events\":[1,2]}", "1|2")]
    [InlineData("[1, 2 ", "1|2|?")]
    [InlineData("[1, 2", "1|?")]
    [InlineData("[1, {\"a\": oops}, 3]", "1|?")]
    public void An_array_is_taken_apart_as_far_as_it_is_JSON(string body, string expected) => Split(body, lines: false).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("oops")]
    [InlineData("{\"event\":[1]}")]
    [InlineData("{\"events\":1}")]
    [InlineData("{\"events\"")]
    public void What_holds_no_array_is_no_batch(string body) => Split(body, lines: false).ShouldBeNull();

    [Fact]
    public void Lines_are_taken_apart_and_empty_ones_are_left_out() => Split("1\r\n\n oops\n3", lines: true).ShouldBe("1\r| oops|3");

    private static string? Split(string body, bool lines)
    {
        var items = EventBatch.Split(Encoding.UTF8.GetBytes(body), lines);
        return items is null ? null : string.Join("|", items.Select(item => item.Json is { } json ? Encoding.UTF8.GetString(json.Span) : "?"));
    }
}
