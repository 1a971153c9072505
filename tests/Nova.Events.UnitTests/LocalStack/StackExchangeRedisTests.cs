using System.Diagnostics;
using Nova.Events.LocalStack;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.LocalStack;

public sealed class StackExchangeRedisTests
{
    /// <summary>A feed that lacks its dependencies builds against an old client; the connector must stay compilable against the one that ships.</summary>
    [Fact]
    public async Task The_connector_compiles_against_the_client_that_ships()
    {
        var project = Path.Combine(Clone.Root!, "workers/Nova.Events.LocalStack/packages/redis-check/redis-check.csproj");
        var start = new ProcessStartInfo("dotnet", ["build", project, "-c", "Release", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-v", "quiet"]) { RedirectStandardOutput = true };
        // Variables of the test host would make MSBuild look for its SDK in the wrong place.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        using var build = Process.Start(start)!;
        var output = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        build.ExitCode.ShouldBe(0, output);
    }
}
