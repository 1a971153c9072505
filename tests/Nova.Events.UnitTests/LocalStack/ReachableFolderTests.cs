using System.Runtime.Versioning;
using Nova.Events.LocalStack.Files;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.LocalStack;

public sealed class ReachableFolderTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("nova-home").FullName;

    public void Dispose()
    {
        if (Directory.Exists(_home)) ReachableFolder.Delete(_home);
    }

    [Fact]
    public void A_folder_under_a_closed_home_is_a_link_to_one_that_others_reach()
    {
        var real = ReachableFolder.For(Path.Combine(_home, "data"));
        real.ShouldStartWith("/var/tmp/nova-events-");
        File.WriteAllText(Path.Combine(real, "row"), "1");
        File.ReadAllText(Path.Combine(_home, "data", "row")).ShouldBe("1");
        ReachableFolder.For(Path.Combine(_home, "data")).ShouldBe(real);

        ReachableFolder.Delete(_home);
        Directory.Exists(real).ShouldBeFalse();
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_others_reach_is_taken_as_it_is()
    {
        File.SetUnixFileMode(_home, (UnixFileMode)0b111_101_101);
        ReachableFolder.For(Path.Combine(_home, "data")).ShouldBe(Path.Combine(_home, "data"));
    }
}
