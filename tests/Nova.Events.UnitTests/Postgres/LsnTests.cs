using Nova.Events.Postgres;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Postgres;

public sealed class LsnTests
{
    [Theory]
    [InlineData(0x16B374D848ul, "16/B374D848")]
    [InlineData(0ul, "0/0")]
    [InlineData(ulong.MaxValue, "FFFFFFFF/FFFFFFFF")]
    public void An_LSN_is_written_and_read_as_PostgreSQL_does(ulong lsn, string text)
    {
        Lsn.Format(lsn).ShouldBe(text);
        Lsn.Parse(text).ShouldBe(lsn);
    }

    [Fact]
    public void Anything_else_is_no_LSN() => Should.Throw<FormatException>(() => Lsn.Parse("16-B3"));
}
