using System.Net;
using System.Text.Json;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Redis;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Api;

[Collection(ConsumerServersCollection.Name)]
public sealed class FeedTests(RunningServers servers)
{
    private const string Nowhere = "127.0.0.1:1";
    private const string Feed = "/api/v1/feed?user_id=1";
    private const string Suggested = "/api/v1/discover/suggested-users?user_id=1";

    [Fact]
    public async Task A_page_comes_from_the_hot_list_and_an_old_list_is_called_stale()
    {
        await using var rig = await ApiRig.StartAsync(servers, ("Api:HotPostsFreshFor", "00:00:30"));
        var key = RedisKeys.HotPosts(rig.Tenant);
        await rig.Redis.Lists.SwapAsync("test", key, [new(1, 1), new(2, 9), new(3, 4.5)], TimeSpan.FromSeconds(120), 1);
        var (response, body) = await rig.GetAsync(Feed + "&offset=1&limit=1");
        XCache(response).ShouldBe("hit");
        Posts(body).ShouldBe([3]);
        body.GetProperty("total").GetInt32().ShouldBe(3);

        await rig.Redis.Connection.RunAsync(database => database.HashDecrementAsync(RankedLists.Known(key), "at", 31_000L), CancellationToken.None);
        (response, body) = await rig.GetAsync(Feed);
        XCache(response).ShouldBe("stale");
        Posts(body).ShouldBe([2, 3, 1]);
        body.GetProperty("age_seconds").GetDouble().ShouldBeGreaterThan(30);
    }

    [Fact]
    public async Task While_Redis_is_away_the_feed_and_suggestions_come_from_ClickHouse()
    {
        await using var rig = await ApiRig.StartAsync(servers, ("Redis:Configuration", Nowhere));
        await rig.ClickHouse.InsertMetricsAsync(TimeProvider.System.GetUtcNow(), rig.Tenant, 7, likes: 2);
        await rig.ClickHouse.InsertFollowsAsync(rig.Tenant, (1, 10), (2, 10), (2, 20));
        // More often than the breaker takes failures: an open circuit serves the same.
        for (var i = 0; i < 8; i++)
        {
            var (response, body) = await rig.GetAsync(Feed);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            XCache(response).ShouldBe("miss");
            Posts(body).ShouldBe([7]);
        }

        var suggested = (await rig.GetAsync(Suggested)).Body.GetProperty("users");
        suggested[0].GetProperty("user_id").GetInt64().ShouldBe(20);
        suggested[0].GetProperty("reason").GetString().ShouldBe("Followed by people who follow 1 user that you follow");
        (await rig.GetAsync("/api/v1/users/1/preferences")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task While_ClickHouse_is_away_what_is_cached_is_served_and_without_both_the_answer_is_a_503()
    {
        await using var rig = await ApiRig.StartAsync(servers, ("ClickHouse:Url", "http://" + Nowhere));
        var (response, body) = await rig.GetAsync(Feed);
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        body.GetProperty("detail").GetString().ShouldBe("ClickHouse is away.");

        await rig.Redis.Lists.SwapAsync("test", RedisKeys.HotPosts(rig.Tenant), [new(1, 1)], TimeSpan.FromSeconds(120), 1);
        (response, body) = await rig.GetAsync(Feed);
        XCache(response).ShouldBe("hit");
        Posts(body).ShouldBe([1]);
    }

    [Fact]
    public async Task Suggestions_are_computed_on_demand_once()
    {
        await using var rig = await ApiRig.StartAsync(servers);
        await rig.ClickHouse.InsertFollowsAsync(rig.Tenant, (1, 10), (2, 10), (2, 20));
        XCache((await rig.GetAsync(Suggested)).Response).ShouldBe("miss");
        var (response, body) = await rig.GetAsync(Suggested);
        XCache(response).ShouldBe("hit");
        body.GetProperty("users")[0].GetProperty("score").GetDouble().ShouldBe(1);
    }

    [Theory]
    [InlineData("/api/v1/feed")]
    [InlineData("/api/v1/feed?user_id=me")]
    [InlineData("/api/v1/feed?user_id=0")]
    [InlineData("/api/v1/feed?user_id=1&limit=101")]
    [InlineData("/api/v1/feed?user_id=1&offset=-1")]
    [InlineData("/api/v1/discover/suggested-users?user_id=-1")]
    public async Task A_request_that_makes_no_sense_is_a_problem(string path)
    {
        await using var rig = await ApiRig.StartAsync(servers);
        var (response, body) = await rig.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        body.GetProperty("status").GetInt32().ShouldBe(400);
    }

    [Fact]
    public async Task A_tenant_that_would_break_keys_is_refused_and_the_interface_is_described()
    {
        await using var rig = await ApiRig.StartAsync(servers);
        rig.Http.DefaultRequestHeaders.Remove("X-Tenant");
        rig.Http.DefaultRequestHeaders.Add("X-Tenant", "a:b");
        (await rig.GetAsync(Feed)).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var (_, description) = await rig.GetAsync("/openapi/v1.json");
        description.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal).ShouldBe(
            ["/api/v1/discover/suggested-users", "/api/v1/events", "/api/v1/feed", "/api/v1/users/{id}/preferences"]);
    }

    private static string XCache(HttpResponseMessage response) => response.Headers.GetValues("X-Cache").Single();

    private static long[] Posts(JsonElement body) => [.. body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("post_id").GetInt64())];
}
