using System.Text;
using Nova.Events.Contracts;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Contracts;

public sealed class SourcePositionTests
{
    private const string Place = "0001.0000000000000064.00000008";

    [Theory]
    [InlineData("main")]
    [InlineData("eu-1.posts_db")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_header_comes_back_as_its_source_and_position(string source)
    {
        SourcePosition.TryParse(Encoding.ASCII.GetBytes($"{source}@{Place}"), out var parsed).ShouldBeTrue();
        parsed.ShouldBe(new SourcePosition(source, Position.Of(1, 100, 1)));
        parsed.ToString().ShouldBe($"{source}@{Place}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("main")]
    [InlineData(Place)]
    [InlineData("@" + Place)]
    [InlineData("a b@" + Place)]
    [InlineData("a@b@" + Place)]
    [InlineData("é@" + Place)]
    [InlineData("main@0001.64.8")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234@" + Place)]
    public void Anything_else_is_no_position_header(string header) =>
        SourcePosition.TryParse(Encoding.UTF8.GetBytes(header), out _).ShouldBeFalse();
}
