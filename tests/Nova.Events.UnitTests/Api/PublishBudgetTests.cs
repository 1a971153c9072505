using Microsoft.AspNetCore.Http;
using Nova.Events.Api;
using Nova.Events.Api.Events;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Api;

public sealed class PublishBudgetTests
{
    [Theory]
    [InlineData("", "", 100)]
    [InlineData("?wait_ms=250", "wait=5", 250)]
    [InlineData("", "respond-async, wait=2", 2_000)]
    [InlineData("", "respond-async", 100)]
    public void A_call_may_ask_for_its_own(string query, string prefer, int milliseconds) =>
        Of(query, prefer).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("?wait_ms=0", "")]
    [InlineData("?wait_ms=-1", "")]
    [InlineData("?wait_ms=soon", "")]
    [InlineData("?wait_ms=10001", "")]
    [InlineData("", "wait=0.5")]
    [InlineData("", "wait=11")]
    public void What_cannot_be_given_is_refused(string query, string prefer) => Of(query, prefer).ShouldBeNull();

    private static TimeSpan? Of(string query, string prefer)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString(query);
        if (prefer.Length > 0) request.Headers["Prefer"] = prefer;
        return PublishBudget.Of(request, new ApiOptions());
    }
}
