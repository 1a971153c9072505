using System.Text.RegularExpressions;
using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Containers;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.LocalStack;

public sealed partial class ImageParityTests
{
    [Theory]
    [InlineData(ServerKind.Postgres)]
    [InlineData(ServerKind.Kafka)]
    [InlineData(ServerKind.ClickHouse)]
    [InlineData(ServerKind.Redis)]
    public void Compose_and_containers_run_the_same_image(ServerKind kind)
    {
        var compose = File.ReadAllText(Path.Combine(Clone.Root!, "compose.yaml"));
        Images().Matches(compose)
            .Single(service => service.Groups["name"].Value.Equals(kind.ToString(), StringComparison.OrdinalIgnoreCase))
            .Groups["image"].Value.ShouldBe(ContainerImages.Of(kind));
    }

    [Fact]
    public void Compose_binds_every_port_to_this_machine() =>
        File.ReadLines(Path.Combine(Clone.Root!, "compose.yaml")).Where(line => line.Contains("ports:", StringComparison.Ordinal))
            .ShouldAllBe(line => line.Contains("\"127.0.0.1:", StringComparison.Ordinal));

    [GeneratedRegex(@"^  (?<name>\w+):\n    image: (?<image>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Images();
}
