using System.Net;
using Nova.Events.Api.Preferences;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Redis;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Api;

[Collection(ConsumerServersCollection.Name)]
public sealed class PreferencesTests(RunningServers servers)
{
    private const string Path = "/api/v1/users/7/preferences";
    private static readonly object Berlin = new { language = "de", timezone = "Europe/Berlin", theme = "dark", blocked_users = new[] { 9, 8, 9 }, interests = new[] { "go", "chess" } };

    [Fact]
    public async Task A_put_writes_the_next_version_and_one_event_in_the_same_transaction()
    {
        await using var rig = await ApiRig.StartAsync(servers);
        var (response, body) = await rig.PutAsync(Path, Berlin);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("version").GetInt64().ShouldBe(1);
        body.GetProperty("preferences").GetProperty("blocked_users").ToString().ShouldBe("[8,9]");

        (await rig.ScalarAsync<long>("SELECT count(*) FROM nova.outbox")).ShouldBe(1);
        (await rig.ScalarAsync<string>("SELECT aggregatetype || ' ' || aggregateid || ' ' || type || ' ' || (payload->>'version') || ' ' || (payload->>'changed') FROM nova.outbox"))
            .ShouldBe("""user_preferences 7 UserPreferenceChanged 1 ["language", "timezone", "theme", "blocked_users", "interests"]""");
        (await rig.ScalarAsync<string>("SELECT tenant FROM nova.outbox")).ShouldBe(rig.Tenant);

        (await rig.PutAsync(Path, new { language = "de", timezone = "Europe/Berlin", theme = "light" })).Body.GetProperty("version").GetInt64().ShouldBe(2);
        (await rig.ScalarAsync<string>("SELECT payload->>'changed' FROM nova.outbox WHERE payload->>'version' = '2'")).ShouldBe("""["theme", "blocked_users", "interests"]""");
    }

    [Fact]
    public async Task A_put_that_fails_leaves_neither_row_nor_event()
    {
        await using var rig = await ApiRig.StartAsync(servers);
        (await rig.PutAsync(Path, new { language = "de", timezone = "Nowhere/At all", theme = "dark" })).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await rig.PostAsync(Path, "not json")).Response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        // Past the checks of the endpoint, the database refuses the last statement before the event.
        var tooLong = UserPreferences.Default with { Interests = [new string('x', 65)] };
        await Should.ThrowAsync<PostgresException>(() => rig.Service<PreferencesStore>().SaveAsync(rig.Tenant, 7, tooLong, CancellationToken.None));
        (await rig.ScalarAsync<long>("SELECT (SELECT count(*) FROM nova.outbox) + (SELECT count(*) FROM user_preferences)")).ShouldBe(0);
    }

    [Fact]
    public async Task Writers_at_once_get_versions_without_gaps_and_an_event_each()
    {
        await using var rig = await ApiRig.StartAsync(servers);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.PutAsync(Path, Berlin)));
        answers.Select(answer => answer.Body.GetProperty("version").GetInt64()).Order().ShouldBe(Enumerable.Range(1, 20).Select(version => (long)version));
        (await rig.ScalarAsync<long>("SELECT count(DISTINCT payload->>'version') FROM nova.outbox")).ShouldBe(20);
        (await rig.GetAsync(Path)).Body.GetProperty("version").GetInt64().ShouldBe(20);
    }

    [Fact]
    public async Task A_reader_loads_once_and_again_after_an_invalidation()
    {
        await using var rig = await ApiRig.StartAsync(servers);
        var (response, body) = await rig.GetAsync(Path);
        response.Headers.GetValues("X-Cache").Single().ShouldBe("miss");
        body.GetProperty("version").GetInt64().ShouldBe(0);
        body.GetProperty("preferences").GetProperty("theme").GetString().ShouldBe("system");
        (await rig.GetAsync(Path)).Response.Headers.GetValues("X-Cache").Single().ShouldBe("hit");

        // Somebody else writes the row; its event is here before the row is.
        await rig.Redis.Cache.InvalidateAsync("test", RedisKeys.UserPreferences(rig.Tenant, 7), 1, TimeSpan.FromMinutes(5));
        (response, body) = await rig.GetAsync(Path);
        (response.Headers.GetValues("X-Cache").Single(), body.GetProperty("version").GetInt64()).ShouldBe(("miss", 0L));
        await rig.Service<PreferencesStore>().SaveAsync(rig.Tenant, 7, UserPreferences.Default with { Theme = "dark" }, CancellationToken.None);
        (response, body) = await rig.GetAsync(Path);
        (response.Headers.GetValues("X-Cache").Single(), body.GetProperty("version").GetInt64()).ShouldBe(("miss", 1L));
        (response, body) = await rig.GetAsync(Path);
        (response.Headers.GetValues("X-Cache").Single(), body.GetProperty("preferences").GetProperty("theme").GetString()).ShouldBe(("hit", "dark"));
    }

    [Fact]
    public async Task Without_PostgreSQL_the_answer_is_a_503_that_says_so()
    {
        await using var rig = await ApiRig.StartAsync(servers, ("Api:ConnectionString", "Host=127.0.0.1;Port=1;Username=nobody;Timeout=2"));
        var (response, body) = await rig.GetAsync(Path);
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        body.GetProperty("detail").GetString().ShouldBe("PostgreSQL is away.");
    }
}
