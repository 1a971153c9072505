using System.Text;
using Nova.Events.Relay.Routing;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class PostgresTimestampTests
{
    [Theory]
    [InlineData("2026-11-21 04:05:06.789+00", "2026-11-21T04:05:06.789000Z")]
    [InlineData("2026-11-21 04:05:06+00", "2026-11-21T04:05:06.000000Z")]
    [InlineData("2026-11-21 04:05:06.123456+05:30", "2026-11-20T22:35:06.123456Z")]
    [InlineData("2026-11-21 04:05:06.1-03", "2026-11-21T07:05:06.100000Z")]
    [InlineData("0001-01-01 00:00:00+00", "0001-01-01T00:00:00.000000Z")]
    [InlineData("9999-12-31 23:59:59.999999+00", "9999-12-31T23:59:59.999999Z")]
    [InlineData("2026-11-21T04:05:06.789012Z", "2026-11-21T04:05:06.789012Z")]
    public void A_timestamptz_is_ISO_8601_in_UTC_with_microseconds(string text, string iso)
    {
        Iso8601(text, fromServer: true).ShouldBe(iso);
        Iso8601(text, fromServer: false).ShouldBe(iso);
    }

    /// <summary>The table refuses them (constraint occurred_at_is_a_date): no row may stop the relay.</summary>
    [Theory]
    [InlineData("infinity")]
    [InlineData("-infinity")]
    [InlineData("0044-03-15 12:00:00+00 BC")]
    [InlineData("12026-11-21 04:05:06+00")]
    [InlineData("")]
    [InlineData("2026-11-21 04:05:06.123456+00 and much that does not belong here")]
    public void What_ISO_8601_has_no_form_for_is_a_format_error(string text) =>
        Should.Throw<FormatException>(() => Iso8601(text, fromServer: true));

    [Fact]
    public void A_writer_s_text_is_parsed_even_where_it_looks_like_the_server_s() =>
        Should.Throw<FormatException>(() => Iso8601("2026-99-99 99:99:99+00", fromServer: false));

    private static string Iso8601(string text, bool fromServer)
    {
        var destination = new byte[PostgresTimestamp.Length];
        PostgresTimestamp.WriteIso8601(Encoding.ASCII.GetBytes(text), fromServer, destination);
        return Encoding.ASCII.GetString(destination);
    }
}
