using Nova.Events.IntegrationTests.CacheProjector;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.LocalStack;
using Nova.Events.Redis;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Redis;

[Collection(ConsumerServersCollection.Name)]
public sealed class RedisConnectionTests(RunningServers servers)
{
    [Fact]
    public async Task It_answers()
    {
        using var rig = new RedisRig(servers);
        (await rig.Connection.PingAsync()).ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_with_the_remedy_and_without_the_password()
    {
        await using var connection = new RedisConnection(new RedisOptions { Configuration = "127.0.0.1:1,password=secret", ConnectTimeout = TimeSpan.FromMilliseconds(500) });
        var away = await Should.ThrowAsync<RedisUnavailableException>(() => connection.PingAsync());
        away.IsTransient.ShouldBeTrue();
        away.Message.ShouldContain("127.0.0.1:1");
        away.Message.ShouldContain("NOVA_REDIS__CONFIGURATION");
        away.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_wrong_password_is_named_with_the_remedy()
    {
        using var rig = new RedisRig(servers);
        await rig.Connection.RunAsync(database => database.ExecuteAsync("CONFIG", "SET", "requirepass", Fresh.Name("right")), CancellationToken.None);
        try
        {
            await using var connection = new RedisConnection(new RedisOptions { Configuration = servers.Redis + ",password=wrong" });
            var refused = await Should.ThrowAsync<RedisUnavailableException>(() => connection.PingAsync());
            refused.Message.ShouldContain("refused the login");
            refused.Message.ShouldContain("Redis:Configuration");
            refused.Message.ShouldNotContain("wrong");
            refused.IsTransient.ShouldBeFalse();
        }
        finally
        {
            await rig.Connection.RunAsync(database => database.ExecuteAsync("CONFIG", "SET", "requirepass", ""), CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_server_that_dies_is_away_at_once_and_answers_again_when_it_is_back()
    {
        var folder = TestFolder.New();
        var options = new LocalServersOptions { DataDirectory = folder, Kinds = [ServerKind.Redis], Durable = false };
        await using (var own = await LocalServers.StartAsync(options, null, CancellationToken.None))
        {
            using var connection = new RedisConnection(new RedisOptions { Configuration = own.Redis.Address });
            await connection.PingAsync();
            await own.KillAsync(ServerKind.Redis, CancellationToken.None);
            for (var i = 0; i < 3; i++) (await Should.ThrowAsync<RedisUnavailableException>(() => connection.PingAsync())).IsTransient.ShouldBeTrue();
            await own.ResumeAsync(ServerKind.Redis, CancellationToken.None);
            await ProjectorRig.EventuallyAsync(() => AnswersAsync(connection), answers => answers);
        }

        TestFolder.Delete(folder);
    }

    [Fact]
    public async Task Suggestions_are_written_together_and_read_one_by_one()
    {
        using var rig = new RedisRig(servers);
        var list = new SuggestionList(TimeProvider.System.GetUtcNow(), [new SuggestedUser(9, 2, "why")]);
        await rig.Suggestions.WriteAsync([.. Enumerable.Range(1, 300).Select(user => new UserSuggestions(rig.Tenant, user, list))], TimeSpan.FromSeconds(600));
        (await rig.Suggestions.ReadAsync(rig.Tenant, 300, TimeSpan.FromMinutes(1)))!.Users.ShouldBe(list.Users);
        (await rig.Suggestions.ReadAsync(rig.Tenant, 301, TimeSpan.FromMinutes(1))).ShouldBeNull();
        (await rig.RemainingMillisecondsAsync(RedisKeys.SuggestedUsers(rig.Tenant, 5))).ShouldBeInRange(1, 600_000);
    }

    private static async Task<bool> AnswersAsync(RedisConnection connection)
    {
        try
        {
            return await connection.PingAsync() > TimeSpan.Zero;
        }
        catch (RedisUnavailableException)
        {
            return false;
        }
    }
}
