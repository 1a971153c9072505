using Nova.Events.Inbox.Storing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Inbox;

public sealed class PassingFaultTests
{
    [Theory]
    [InlineData("40001", true)]
    [InlineData("40P01", true)]
    [InlineData("08006", true)]
    [InlineData("53300", true)]
    [InlineData("57P03", true)]
    [InlineData("25P03", true)]
    [InlineData("55P03", true)]
    [InlineData("23505", false)]
    [InlineData("25P02", false)]
    [InlineData("57014", false)]
    [InlineData("42P01", false)]
    public void The_server_s_answers_pass_by_their_code_also_within_others(string state, bool passes) =>
        PassingFault.Is(new InvalidOperationException("of EF", new PostgresException("x", "ERROR", "ERROR", state))).ShouldBe(passes);

    [Fact]
    public void A_lost_connection_passes_and_a_statement_that_took_too_long_is_its_record_s()
    {
        PassingFault.Is(new NpgsqlException("x", new IOException())).ShouldBeTrue();
        PassingFault.Is(new NpgsqlException("Exception while reading from stream", new TimeoutException())).ShouldBeFalse();
        PassingFault.Is(new NpgsqlException("The connection pool has been exhausted …", new TimeoutException())).ShouldBeTrue();
        PassingFault.Is(new InvalidOperationException()).ShouldBeFalse();
        PassingFault.Is(null).ShouldBeFalse();
    }
}
