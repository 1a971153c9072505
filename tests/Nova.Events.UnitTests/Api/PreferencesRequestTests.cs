using Nova.Events.Api.Preferences;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Api;

public sealed class PreferencesRequestTests
{
    private static readonly PreferencesRequest Fine = new("pt-BR", "Europe/Berlin", "dark", [3, 1, 3], ["go", "chess", "go"]);

    [Fact]
    public void What_is_given_is_kept_in_order_and_once()
    {
        var preferences = Fine.Check(7, out var problem)!;
        problem.ShouldBeEmpty();
        preferences.BlockedUsers.ShouldBe([1, 3]);
        preferences.Interests.ShouldBe(["chess", "go"]);
        (Fine with { BlockedUsers = null, Interests = null }).Check(7, out _)!.BlockedUsers.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        Problem(Fine with { Language = "e" }).ShouldStartWith("language");
        Problem(Fine with { Language = null }).ShouldStartWith("language");
        Problem(Fine with { Timezone = "Moon/Base" }).ShouldStartWith("timezone");
        Problem(Fine with { Theme = "pink" }).ShouldStartWith("theme");
        Problem(Fine with { BlockedUsers = [7] }).ShouldStartWith("blocked_users");
        Problem(Fine with { BlockedUsers = [0] }).ShouldStartWith("blocked_users");
        Problem(Fine with { Interests = [""] }).ShouldStartWith("interests");
    }

    private static string Problem(PreferencesRequest request)
    {
        request.Check(7, out var problem).ShouldBeNull();
        return problem;
    }
}
