using Nova.Events.Redis;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Redis;

public sealed class RedisKeysTests
{
    [Fact]
    public void Keys_are_those_of_the_contract_and_a_tenant_stands_before_them()
    {
        RedisKeys.HotPosts("").ShouldBe("hot:posts:1h");
        RedisKeys.SuggestedUsers("", 7).ShouldBe("suggest:users:7");
        RedisKeys.UserPreferences("", 7).ShouldBe("user_prefs:7");
        RedisKeys.HotPosts("acme").ShouldBe("acme:hot:posts:1h");
        RedisKeys.UserPreferences("acme", 7).ShouldBe("acme:user_prefs:7");
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("{x}")]
    [InlineData("a b")]
    [InlineData("ümlaut")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_could_run_into_another_key_is_no_tenant(string tenant)
    {
        RedisKeys.IsValidTenant(tenant).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => RedisKeys.HotPosts(tenant));
    }

    [Fact]
    public void What_is_kept_beside_a_key_is_in_its_slot() => RedisKeys.Beside("acme:hot:posts:1h", "known").ShouldBe("{acme:hot:posts:1h}:known");
}
